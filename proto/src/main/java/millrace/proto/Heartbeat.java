package millrace.proto;

import static millrace.proto.Check.require;

import java.util.List;

/// What a worker says of itself every second, and when its claims change.
///
/// @param worker         its id, another one with each start
/// @param host           its host's name
/// @param pid            its process id
/// @param release        its release of Millrace
/// @param sequence       counts its heartbeats, from 1
/// @param startedMillis  when it started, its clock, for people only
/// @param atMillis       now, its clock, for people only
/// @param state          what it is doing
/// @param trouble        what keeps it from working, one sentence; empty when nothing does
/// @param offers         the kernels it computes
/// @param cores          computing threads, 1 to 1,024
/// @param lanes          lanes that take tasks
/// @param holds          records that its lanes may hold together
/// @param holdings       the tasks in hand
/// @param heapUsedBytes  used heap
/// @param heapMaxBytes   the heap's limit
/// @param residentBytes  resident memory; 0 when not known
/// @param tasks          tasks answered since it started
/// @param cpuNanos       CPU time spent in kernels since it started
/// @param itemsPerSecond recent rate
public record Heartbeat(
        String worker,
        String host,
        long pid,
        String release,
        long sequence,
        long startedMillis,
        long atMillis,
        State state,
        String trouble,
        List<Offer> offers,
        int cores,
        int lanes,
        int holds,
        List<Holding> holdings,
        long heapUsedBytes,
        long heapMaxBytes,
        long residentBytes,
        long tasks,
        long cpuNanos,
        double itemsPerSecond) {
    public Heartbeat {
        require(worker.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}"), "worker id is '%s'", Text.line(worker, 100));
        require(1 <= cores && cores <= 1024, "worker %s has %d cores, allowed 1..1024", worker, cores);
        require(
                0 <= lanes && lanes <= 64 && 0 <= holds && holds <= 100_000,
                "worker %s has %d lanes that hold %d",
                worker,
                lanes,
                holds);
        host = Text.line(host, 100);
        release = Text.line(release, 40);
        trouble = Text.line(trouble, 300);
        offers = List.copyOf(offers);
        holdings = List.copyOf(holdings);
    }

    /// Cores that compute a task, at most all: a task more may be computed beside those on them.
    public int coresBusy() {
        var computing = holdings.stream().filter(Holding::computing).count();
        return (int) Math.min(computing, cores);
    }

    /// Worker states.
    public enum State {
        STARTING,
        RUNNING,
        /// Finishes or hands back what it has, and takes nothing more.
        DRAINING,
        /// Its last heartbeat.
        STOPPED
    }

    /// A kernel that the worker computes, in one version.
    public record Offer(String kernel, int version) {}

    /// A task in hand.
    ///
    /// @param claimed   whether its record is, or is about to be, accepted early
    /// @param computing whether it is being computed, else it waits for a core
    /// @param heldMillis how long it has been in hand
    public record Holding(
            String job, long first, long end, int emission, boolean claimed, boolean computing, long heldMillis) {
        public Holding {
            JobSpec.checkId(job);
            require(0 <= first && first < end && end <= Description.ITEMS_MAX, "holding has [%d, %d)", first, end);
        }
    }

    public boolean offers(String kernel, int version) {
        return offers.contains(new Offer(kernel, version));
    }
}
