package millrace.bench;

import java.util.ArrayList;
import java.util.List;
import millrace.cli.EmbeddedFleet;
import millrace.client.JobOptions;
import millrace.client.Millrace;
import millrace.proto.Description;

/// A job computed by one JVM and by a fleet on the same cores, in turns, each answer held against the other.
///
/// @param ratios the JVM's seconds over the fleet's
/// @param alone  the JVM's seconds, without what the fleet beside it took
/// @param fleets the fleet's seconds
/// @param digest of the answer, SHA-256 in hexadecimal, the same in all turns
record Turns(List<Double> ratios, List<Double> alone, List<Double> fleets, String digest) {
    /// @param name of the job, for people
    /// @throws WrongAnswer when the two answers differ in a bit
    static Turns take(Bench bench, OneJvm jvm, EmbeddedFleet fleet, Millrace millrace, String name, Description job)
            throws Exception {
        var ratios = new ArrayList<Double>();
        var alone = new ArrayList<Double>();
        var fleets = new ArrayList<Double>();
        var digest = "";
        var besides = new ArrayList<Beside>();
        for (var run = 0; run < bench.runs(); run++) {
            var watch = new Beside.Watch(fleet);
            var one = jvm.compute(job);
            var beside = watch.end(bench.cores());
            var seconds = beside.without(one.seconds());
            var timed = bench.time(millrace, job, JobOptions.DEFAULT);
            Bench.check("the digest of " + job, timed.output().digest(), one.digest());
            Bench.check("the JVM's digest of " + job, one.digest(), digest.isEmpty() ? one.digest() : digest);
            digest = one.digest();
            besides.add(beside);
            ratios.add(seconds / timed.seconds());
            alone.add(seconds);
            fleets.add(timed.seconds());
            bench.say()
                    .accept("%s: one JVM %.2f s, fleet %.2f s, of which %.2f s on cores"
                            .formatted(name, seconds, timed.seconds(), timed.cpuSeconds() / bench.cores()));
        }
        bench.remarks().add(Beside.remark(name + " in one JVM", besides));
        return new Turns(ratios, alone, fleets, digest);
    }
}
