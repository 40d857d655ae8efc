package millrace.proto;

/// What the topic of blobs carries.
public sealed interface BlobRecord permits BlobPiece, BlobPlace {
    /// The partition of the places, which tell where blobs are; pieces are in the others.
    int PLACES = 0;

    /// The key of its record, by which it replaces an older one.
    String key();
}
