package millrace.aggregator;

import com.google.protobuf.ByteString;
import java.util.List;
import millrace.proto.Snapshot;
import millrace.proto.SpecDigest;

/// What a partition's owner writes at once: all of it or nothing, with the offset from which a successor reads
/// `results`.
///
/// @param ends      endings, each with its output and dead letters
/// @param states    saved states of open jobs
/// @param removals  ended jobs to forget
/// @param resume    the offset of `results` to commit
public record Transaction(List<JobEnd> ends, List<SavedState> states, List<Removal> removals, long resume) {
    public Transaction {
        ends = List.copyOf(ends);
        states = List.copyOf(states);
        removals = List.copyOf(removals);
    }

    /// A job's state in pieces.
    ///
    /// @param pieces      to be written to `snapshots`
    /// @param piecesBefore pieces of the snapshot before this one: those beyond the new ones get tombstones
    public record SavedState(String job, List<Snapshot> pieces, int piecesBefore) {
        public SavedState {
            pieces = List.copyOf(pieces);
        }
    }

    /// An ended job to forget: tombstones for its ending and progress, and a mark in `snapshots` that lasts as
    /// long as its order may be read again.
    ///
    /// @param pieces of its value that `snapshots` keeps: those behind the mark get tombstones
    public record Removal(String job, SpecDigest digest, int pieces) {
        /// The number of the snapshot that says that its job is gone; no job saves its state that often.
        static final long NUMBER = Long.MAX_VALUE;

        /// The mark: a snapshot without bytes.
        public Snapshot mark() {
            return new Snapshot(job, digest, NUMBER, 0, 1, ByteString.EMPTY);
        }
    }
}
