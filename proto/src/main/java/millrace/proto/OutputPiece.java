package millrace.proto;

import static millrace.proto.Check.require;

import com.google.protobuf.ByteString;

/// A piece of a job's output.
///
/// @param piece  which, from 0
/// @param pieces how many there are
/// @param data   at most [#BYTES_MAX] bytes
public record OutputPiece(String job, SpecDigest digest, int piece, int pieces, ByteString data) {
    /// The most bytes of one piece.
    public static final int BYTES_MAX = 900_000;

    public OutputPiece {
        JobSpec.checkId(job);
        require(0 <= piece && piece < pieces, "output of job %s has piece %d of %d", job, piece, pieces);
        require(data.size() <= BYTES_MAX, "output piece of job %s has %d bytes", job, data.size());
    }
}
