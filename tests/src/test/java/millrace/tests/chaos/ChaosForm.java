package millrace.tests.chaos;

import java.time.Duration;

/// How long, how hard and against what: one of three forms, chosen by the system property `millrace.chaos`. Between
/// rounds of faults everything that was submitted has to finish in peace.
///
/// @param faults of one round
/// @param quiet  how long everything may take to finish once the faults have stopped
/// @param wanted the least that the faults must have done
record ChaosForm(String name, int rounds, Faults faults, Load load, Duration quiet, Wanted wanted) {
    /// @param length       of a round
    /// @param kills        of workers, producers and aggregators, as by kill -9
    /// @param brokerKills  as by kill -9
    /// @param brokerFreezes for some seconds
    /// @param zombies      freezes longer than the lock of a task or the session of a group
    /// @param terminations of workers, producers and aggregators, as by kill
    /// @param wire         delays, holds and cuts
    record Faults(
            Duration length, int kills, int brokerKills, int brokerFreezes, int zombies, int terminations, int wire) {}

    /// @param customers that submit jobs, one after the other each
    /// @param jobTasks  about the most tasks of a job
    /// @param tasks     the least number of tasks to submit in all
    record Load(int customers, int jobTasks, long tasks) {}

    /// The least that must be found in the topics, or the faults have missed. The few faults of a short run may by chance
    /// all hit processes that have nothing in hand just then.
    ///
    /// @param redeliveries results of records that had been delivered before
    /// @param duplicates   values of a range that had one already
    /// @param again        redeliveries and tasks sent again: which a lost task gets is a race in short runs
    /// @param takeovers    changes of a partition's owner
    /// @param deposed      owners that were replaced while they were frozen
    record Wanted(long redeliveries, long duplicates, long again, long takeovers, long deposed) {}

    private static ChaosForm ofName(String name) {
        return switch (name) {
            case "short" ->
                new ChaosForm(
                        name,
                        1,
                        new Faults(Duration.ofSeconds(45), 5, 1, 0, 2, 1, 3),
                        new Load(3, 200, 1_000),
                        Duration.ofMinutes(1),
                        new Wanted(0, 0, 0, 0, 0));
            case "ci" ->
                new ChaosForm(
                        name,
                        2,
                        new Faults(Duration.ofMinutes(3), 31, 3, 1, 6, 3, 10),
                        new Load(10, 3_000, 140_000),
                        Duration.ofMinutes(2),
                        new Wanted(20, 20, 30, 8, 0));
            case "long" ->
                new ChaosForm(
                        name,
                        12,
                        new Faults(Duration.ofSeconds(270), 40, 4, 2, 8, 4, 14),
                        new Load(10, 3_000, 600_000),
                        Duration.ofMinutes(2),
                        new Wanted(300, 300, 400, 100, 6));
            default ->
                throw new IllegalArgumentException("millrace.chaos is '" + name + "', allowed: short, ci or long");
        };
    }

    static ChaosForm chosen() {
        return ofName(System.getProperty("millrace.chaos", "short"));
    }
}
