package millrace.worker;

/// What tasks of all cores share.
///
/// @param blobs  what is fetched from the fleet
/// @param shelf  what kernels keep warm
/// @param values where large values go
record Supplies(BlobCache blobs, Shelf shelf, LargeValues values) {}
