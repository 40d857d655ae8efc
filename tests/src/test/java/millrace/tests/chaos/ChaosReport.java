package millrace.tests.chaos;

import java.util.Arrays;
import java.util.stream.Collectors;

/// The figures of a run, for people.
record ChaosReport(
        ChaosForm form,
        long seed,
        double seconds,
        Nemesis nemesis,
        Processes processes,
        ClientLog log,
        Findings findings,
        Traces traces) {
    @Override
    public String toString() {
        var kills = nemesis.kills();
        var byRole = Arrays.stream(Post.Kind.values())
                .map(kind -> "%d %ss".formatted(kills.getOrDefault(kind, 0), kind.role()))
                .collect(Collectors.joining(", "));
        var unknown = log.entries().stream()
                .filter(entry -> entry.outcome() == ClientLog.Outcome.UNKNOWN)
                .count();
        return """
                chaos (%s) of seed %d, %.0f s
                  killed        %d (%s)
                  broker killed %d, frozen %d
                  asked to go   %d, %d gave up for want of a broker
                  zombies       %d
                  wire faults   %d, %d connections cut
                  jobs          %d, %d succeeded, %d cancelled; %d actions, %d of unknown outcome
                  tasks checked %d, %d results
                  ordered twice %d
                  redeliveries  %d
                  duplicates    %d
                  re-emissions  %d, %d copies, %d handed back
                  takeovers     %d, %d of frozen owners, %d records by replaced owners, %d aborted
                  lost          %d
                  doubled       %d
                  wrong         %d""".formatted(
                        form.name(),
                        seed,
                        seconds,
                        kills.values().stream().mapToInt(Integer::intValue).sum(),
                        byRole,
                        nemesis.brokerKills(),
                        nemesis.brokerFreezes(),
                        nemesis.terminations(),
                        processes.gaveUp(),
                        nemesis.zombies().size(),
                        nemesis.wireFaults(),
                        processes.proxy().cuts(),
                        log.orders().size(),
                        findings.succeeded(),
                        findings.cancelled(),
                        log.entries().size(),
                        unknown,
                        findings.tasks(),
                        traces.results(),
                        traces.repeated(),
                        traces.redeliveries(),
                        traces.duplicates(),
                        traces.reEmissions(),
                        traces.copies(),
                        traces.handedBack(),
                        traces.takeovers(),
                        traces.deposed(),
                        traces.outdated(),
                        traces.aborted(),
                        findings.lost(),
                        findings.doubled(),
                        findings.wrong().size());
    }
}
