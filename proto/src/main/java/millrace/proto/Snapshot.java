package millrace.proto;

import static millrace.proto.Check.require;

import com.google.protobuf.ByteString;

/// A piece of a job's state, for the next owner of its partition.
///
/// @param number which of the job's snapshots, from 1; pieces of different snapshots do not mix
/// @param piece  which, from 0
/// @param pieces how many there are
/// @param data   at most [OutputPiece#BYTES_MAX] bytes
public record Snapshot(String job, SpecDigest digest, long number, int piece, int pieces, ByteString data) {
    public Snapshot {
        JobSpec.checkId(job);
        require(number >= 1, "snapshot of job %s has number %d", job, number);
        require(0 <= piece && piece < pieces, "snapshot of job %s has piece %d of %d", job, piece, pieces);
        require(data.size() <= OutputPiece.BYTES_MAX, "snapshot piece of job %s has %d bytes", job, data.size());
    }
}
