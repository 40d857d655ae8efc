package millrace.aggregator;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.Map;
import millrace.proto.Snapshot;
import millrace.proto.SpecDigest;
import org.jspecify.annotations.Nullable;

/// Puts the pieces of snapshots together: the last one of each job counts, if it is complete. The pieces of one
/// snapshot are written in one transaction, so it is, unless a record is broken or a broker's crash has left it
/// in part: then the job is joined anew, and its snapshots are numbered anew.
final class SnapshotReader {
    /// @param number of the job's snapshots
    /// @param pieces how many pieces it has
    /// @param state  a [millrace.proto.JobState]
    record Saved(SpecDigest digest, long number, int pieces, ByteString state) {}

    /// More pieces than any state of ours has; what claims more is broken.
    private static final int PIECES_MAX = 4_000;

    private static final class Pieced {
        private final SpecDigest digest;
        private final long number;
        private final @Nullable ByteString[] pieces;
        private int missing;

        Pieced(Snapshot first) {
            digest = first.digest();
            number = first.number();
            pieces = new ByteString[first.pieces()];
            missing = pieces.length;
        }

        boolean has(Snapshot snapshot) {
            return number == snapshot.number() && pieces.length == snapshot.pieces();
        }

        void add(Snapshot snapshot) {
            missing -= pieces[snapshot.piece()] == null ? 1 : 0;
            pieces[snapshot.piece()] = snapshot.data();
        }
    }

    private final Map<String, Pieced> last = new HashMap<>();

    /// @return whether it can be a piece of a snapshot of ours
    boolean add(Snapshot snapshot) {
        if (snapshot.pieces() > PIECES_MAX) {
            return false;
        }
        var known = last.get(snapshot.job());
        if (known == null || !known.has(snapshot)) {
            known = new Pieced(snapshot);
            last.put(snapshot.job(), known);
        }
        known.add(snapshot);
        return true;
    }

    /// Forgets what nobody took.
    void clear() {
        last.clear();
    }

    /// What was saved of a job, taken out; null when nothing was.
    @Nullable
    Saved take(String job) {
        var known = last.remove(job);
        if (known == null || known.missing > 0) {
            return null;
        }
        var state = ByteString.EMPTY;
        for (var piece : known.pieces) {
            state = piece == null ? state : state.concat(piece);
        }
        return new Saved(known.digest, known.number, known.pieces.length, state);
    }
}
