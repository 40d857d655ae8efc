package millrace.producer;

import java.util.HashMap;
import java.util.Map;
import millrace.proto.Heartbeat.Offer;

/// How much work may be out at once: just enough that no core waits for a task while its predecessor's result
/// travels, so that a cancel frees the fleet at once and a small job is not stuck behind a huge one.
///
/// The limit is in core-seconds, `cores x (task time + 2 x round trip)`, but never fewer tasks than lanes can
/// hold, which is more than there are cores. More would only wait in `tasks`, and urgent ones behind them. It holds
/// for the fleet as a whole and for each kernel, because not every worker need offer every kernel. Forgiven tasks do
/// not count: they take no live core.
final class Window {
    private static final class Account {
        long tasks;
        long costNanos;

        void add(int sign, long cost) {
            tasks += sign;
            costNanos += sign * cost;
        }

        boolean hasRoom(Capacity capacity, long taskNanos, long roundTripNanos, long more) {
            var costMax = capacity.cores() * (taskNanos + 2.0 * roundTripNanos) + (double) more * taskNanos;
            return tasks < capacity.holds() + more || costNanos < costMax;
        }
    }

    private final Map<Offer, Account> accounts = new HashMap<>();
    private final Account all = new Account();

    void charge(Offer offer, long costNanos) {
        add(offer, 1, costNanos);
    }

    void release(Offer offer, long costNanos) {
        add(offer, -1, costNanos);
    }

    private void add(Offer offer, int sign, long costNanos) {
        var account = accounts.computeIfAbsent(offer, _ -> new Account());
        account.add(sign, costNanos);
        all.add(sign, costNanos);
        if (account.tasks < 0) {
            throw new IllegalStateException("fewer than no tasks of " + offer + " are out");
        }
        if (account.tasks == 0) {
            accounts.remove(offer);
        }
    }

    /// Whether one more task of this kernel may go out. Where the window is wide it has room for one more for each
    /// core. A task that matters more than others so does not wait until one of them ends to go out; as only that
    /// of a job with nothing out does, what a job gets in the long run stays as it is. And cores do not wait while
    /// tasks are late, which may be finished and not counted.
    ///
    /// @param mine      what the workers that compute it can do
    /// @param fleet     what all workers can do
    /// @param taskNanos the job's target time of a task
    /// @param wide      whether its job has nothing out and matters more than one that has, or tasks are late
    boolean isOpen(Offer offer, Capacity mine, Capacity fleet, long taskNanos, long roundTripNanos, boolean wide) {
        if (!all.hasRoom(fleet, taskNanos, roundTripNanos, wide ? fleet.cores() : 0)) {
            return false;
        }
        var account = accounts.get(offer);
        return account == null
                ? mine.cores() > 0
                : account.hasRoom(mine, taskNanos, roundTripNanos, wide ? mine.cores() : 0);
    }
}
