package millrace.producer;

import millrace.proto.Ranges.Range;
import org.jspecify.annotations.Nullable;

/// What a job would emit next.
///
/// @param job         the job
/// @param range       the items
/// @param outstanding the range's state when it has been cut before, else null
/// @param copy        whether it is a straggler's copy
/// @param weightNanos what it weighs in the window and in the shares
record Plan(FeedingJob job, Range range, @Nullable Outstanding outstanding, boolean copy, long weightNanos) {}
