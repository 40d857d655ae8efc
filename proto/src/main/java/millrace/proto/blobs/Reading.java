package millrace.proto.blobs;

/// How pieces of blobs are read.
///
/// @param fetchBytes  of pieces that a reader fetches at once, or one piece: it takes about four times that in memory
/// @param inOrder     whether what comes behind a piece is mostly wanted next, and so fetched ahead
/// @param idleReaders that are kept at most, each with a connection: as many as are used at once as a rule
public record Reading(int fetchBytes, boolean inOrder, int idleReaders) {
    /// Whole blobs.
    public static final Reading WHOLE = new Reading(4 << 20, true, 2);
}
