package millrace.aggregator;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import millrace.proto.DeadLetter;
import millrace.proto.Ending;
import millrace.proto.JobSpec;
import millrace.proto.OutputPiece;
import millrace.proto.Ranges;
import millrace.proto.Tally;
import org.jspecify.annotations.Nullable;

/// A job's end as decided, before it is written: an ending has a small output with it and tells where the pieces of
/// another one are, which is known once they are written. All of it is written in one transaction.
///
/// @param output         canonical bytes, or the parts they are made of; null without one
/// @param outputDigest   SHA-256 of the output; empty without one
/// @param letters        one for each range given up
/// @param kept           the value as a job could go on from that replays this one, or null
/// @param snapshotPieces pieces of the job's snapshot before, which nobody needs any more
/// @param partsBytes     when `output` holds parts, the bytes of all that they stand for; otherwise [#WHOLE]
public record JobEnd(
        JobSpec spec,
        Ending.State state,
        String reason,
        Ending.@Nullable Failure failure,
        @Nullable ByteString output,
        ByteString outputDigest,
        Tally tally,
        long submittedMillis,
        long endedMillis,
        long generation,
        String owner,
        Ranges done,
        Ranges dead,
        List<DeadLetter> letters,
        Transaction.@Nullable SavedState kept,
        int snapshotPieces,
        long partsBytes) {
    /// As `partsBytes`: the output is here.
    public static final long WHOLE = -1;

    /// The bytes of the largest output that an ending has with it: endings are small, as everybody reads all of them.
    public static final int INLINE_MAX = 512;

    public JobEnd {
        letters = List.copyOf(letters);
    }

    public String job() {
        return spec.job();
    }

    int keptPieces() {
        return kept == null ? 0 : kept.pieces().size();
    }

    /// The output's pieces in order; none when there is no output, or when its ending has it.
    public List<OutputPiece> pieces() {
        var pieces = new ArrayList<OutputPiece>();
        if (output != null && !isInline()) {
            var number = Pieces.count(output);
            for (var piece = 0; piece < number; piece++) {
                pieces.add(new OutputPiece(job(), spec.digest(), piece, number, Pieces.piece(output, piece)));
            }
        }
        return pieces;
    }

    // Whether its ending has the output with it.
    private boolean isInline() {
        return output != null && partsBytes == WHOLE && output.size() <= INLINE_MAX;
    }

    /// The record for `endings`.
    ///
    /// @param offsets where [#pieces] were written, in order
    public Ending ending(List<Long> offsets) {
        return new Ending(
                spec,
                state,
                reason,
                failure,
                outputDigest,
                output == null
                        ? null
                        : new Ending.OutputPlace(
                                spec.partition(),
                                offsets,
                                partsBytes == WHOLE ? output.size() : partsBytes,
                                partsBytes != WHOLE,
                                isInline() ? output : ByteString.EMPTY),
                tally,
                submittedMillis,
                endedMillis,
                generation,
                owner,
                done,
                dead);
    }
}
