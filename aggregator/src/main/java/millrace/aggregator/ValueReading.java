package millrace.aggregator;

import java.security.MessageDigest;
import millrace.proto.BlobPlace;

/// A value that is elsewhere and is to be read for the digest of its job's output.
///
/// @param place  where it is
/// @param digest takes its bytes, in order; thrown away when they do not all come
record ValueReading(JobJoin job, BlobPlace place, MessageDigest digest) {}
