package millrace.proto;

import static millrace.proto.Check.require;

import java.time.Duration;

/// How a job is to be treated.
///
/// @param priority    -10 to 10; each step doubles the job's share of the fleet; default 0
/// @param maxAttempts attempts of a task before its failure counts, 1 to 100; default 3
/// @param skipMax     failed items that are skipped before the job fails, 0 (the first fails the job) to 2^53; default
/// 0
/// @param deadline    from the submission on, after which the job ends EXPIRED; zero for none, else 1 ms to 14 days
/// @param taskTime    the time a task should take, 1 ms to 1 h; default 1 s
/// @param taskItems   items of a task, 1 to 2^53, or 0 to measure (default)
/// @param maxCores    cores that the job may use at once, 1 to 1,000,000, or 0 for all (default)
/// @param taskLimit   a task's hard limit, after which it counts as failed, 1 s to 14 days; default 1 day
public record Policy(
        int priority,
        int maxAttempts,
        long skipMax,
        Duration deadline,
        Duration taskTime,
        long taskItems,
        int maxCores,
        Duration taskLimit) {
    private static final Duration LONGEST = Duration.ofDays(14); // before DEFAULT, which checks itself against it

    public static final Policy DEFAULT =
            new Policy(0, 3, 0, Duration.ZERO, Duration.ofSeconds(1), 0, 0, Duration.ofDays(1));

    public Policy {
        require(-10 <= priority && priority <= 10, "--priority is %d, allowed -10..10", priority);
        require(1 <= maxAttempts && maxAttempts <= 100, "--max-attempts is %d, allowed 1..100", maxAttempts);
        require(
                0 <= skipMax && skipMax <= Description.ITEMS_MAX,
                "--on-failure skips %d items, allowed 0..2^53",
                skipMax);
        requireWithin("--deadline", deadline, Duration.ZERO, LONGEST);
        requireWithin("--task-time", taskTime, Duration.ofMillis(1), Duration.ofHours(1));
        require(
                0 <= taskItems && taskItems <= Description.ITEMS_MAX,
                "--task-items is %d, allowed 1..2^53, or 0 to measure",
                taskItems);
        require(
                0 <= maxCores && maxCores <= 1_000_000,
                "--max-cores is %d, allowed 1..1000000, or 0 for all",
                maxCores);
        requireWithin("--task-limit", taskLimit, Duration.ofSeconds(1), LONGEST);
    }

    private static void requireWithin(String name, Duration given, Duration min, Duration max) {
        if (given.compareTo(min) < 0 || given.compareTo(max) > 0) {
            throw new IllegalArgumentException("%s is %s, allowed %s to %s"
                    .formatted(name, Durations.format(given), Durations.format(min), Durations.format(max)));
        }
    }

    public Policy withPriority(int other) {
        return new Policy(other, maxAttempts, skipMax, deadline, taskTime, taskItems, maxCores, taskLimit);
    }

    public Policy withMaxAttempts(int other) {
        return new Policy(priority, other, skipMax, deadline, taskTime, taskItems, maxCores, taskLimit);
    }

    public Policy withSkipMax(long other) {
        return new Policy(priority, maxAttempts, other, deadline, taskTime, taskItems, maxCores, taskLimit);
    }

    public Policy withDeadline(Duration other) {
        return new Policy(priority, maxAttempts, skipMax, other, taskTime, taskItems, maxCores, taskLimit);
    }

    public Policy withTaskTime(Duration other) {
        return new Policy(priority, maxAttempts, skipMax, deadline, other, taskItems, maxCores, taskLimit);
    }

    public Policy withTaskItems(long other) {
        return new Policy(priority, maxAttempts, skipMax, deadline, taskTime, other, maxCores, taskLimit);
    }

    public Policy withMaxCores(int other) {
        return new Policy(priority, maxAttempts, skipMax, deadline, taskTime, taskItems, other, taskLimit);
    }

    public Policy withTaskLimit(Duration other) {
        return new Policy(priority, maxAttempts, skipMax, deadline, taskTime, taskItems, maxCores, other);
    }

    millrace.v1.Policy message() {
        return millrace.v1.Policy.newBuilder()
                .setPriority(priority)
                .setMaxAttempts(maxAttempts)
                .setSkipMax(skipMax)
                .setDeadlineMillis(deadline.toMillis())
                .setTaskMillis(taskTime.toMillis())
                .setTaskItems(taskItems)
                .setMaxCores(maxCores)
                .setTaskLimitMillis(taskLimit.toMillis())
                .build();
    }

    static Policy of(millrace.v1.Policy message) {
        return new Policy(
                message.getPriority(),
                message.getMaxAttempts(),
                message.getSkipMax(),
                Duration.ofMillis(message.getDeadlineMillis()),
                Duration.ofMillis(message.getTaskMillis()),
                message.getTaskItems(),
                message.getMaxCores(),
                Duration.ofMillis(message.getTaskLimitMillis()));
    }
}
