package millrace.client;

import millrace.proto.Heartbeat;

/// A worker as it last described itself.
///
/// @param live whether it was heard of while we listened; else it has died, is frozen, or is cut off
public record WorkerSummary(Heartbeat heartbeat, boolean live) {}
