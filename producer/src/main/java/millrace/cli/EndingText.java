package millrace.cli;

import millrace.proto.Ending;

/// Tells people how a job ended.
final class EndingText {
    private EndingText() {}

    static void tell(Shell shell, Ending ending, Report report, boolean quiet, boolean verbose) {
        var job = ending.job();
        switch (ending.state()) {
            case SUCCEEDED -> {
                if (!quiet) {
                    shell.say(report.line());
                }
            }
            case PARTIAL ->
                shell.say("job %s is finished without %s of %s items, which failed: millrace dead-letters %s"
                        .formatted(
                                job,
                                Units.count(ending.dead().items()),
                                Units.count(ending.spec().items()),
                                job));
            case FAILED -> fail(shell, ending, verbose);
            case CANCELLED, EXPIRED ->
                shell.say("job " + job + " ended " + ending.state()
                        + (ending.reason().isEmpty() ? "" : ": " + ending.reason()));
        }
        if (!quiet && !report.mended().isEmpty()) {
            shell.say(report.mended());
        }
    }

    private static void fail(Shell shell, Ending ending, boolean verbose) {
        shell.say("job " + ending.job() + " failed: " + ending.reason());
        var failure = ending.failure();
        if (failure == null) {
            return;
        }
        shell.say("items [%d, %d) failed %s on %s: %s: %s"
                .formatted(
                        failure.first(),
                        failure.end(),
                        failure.attempts() == 1 ? "once" : failure.attempts() + " times, last",
                        failure.worker(),
                        failure.kind(),
                        failure.message()));
        var lines = failure.stack().lines().toList();
        lines.stream()
                .limit(verbose ? lines.size() : 4)
                .forEach(line -> shell.err().println("    " + line.strip()));
        var computation = ending.spec().computation();
        shell.say("look into them with: millrace run " + computation.kernel() + " " + Sidecar.parameters(ending.spec())
                + " --items " + failure.first() + ".." + failure.end());
    }
}
