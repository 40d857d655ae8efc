package millrace.bench;

import java.util.ArrayList;
import java.util.List;
import millrace.client.JobOptions;
import millrace.client.Millrace;
import millrace.proto.Description;

/// A job computed by one JVM and by a fleet on the same cores, in turns, each answer held against the other.
///
/// @param ratios the JVM's seconds over the fleet's
/// @param alone  the JVM's seconds
/// @param fleets the fleet's seconds
record Turns(List<Double> ratios, List<Double> alone, List<Double> fleets) {
    /// @param name of the job, for people
    /// @throws WrongAnswer when the two answers differ in a bit
    static Turns take(Bench bench, OneJvm jvm, Millrace millrace, String name, Description job) throws Exception {
        var ratios = new ArrayList<Double>();
        var alone = new ArrayList<Double>();
        var fleets = new ArrayList<Double>();
        for (var run = 0; run < bench.runs(); run++) {
            var one = jvm.compute(job);
            var fleet = bench.time(millrace, job, JobOptions.DEFAULT);
            Bench.check("the digest of " + job, fleet.output().digest(), one.digest());
            ratios.add(one.seconds() / fleet.seconds());
            alone.add(one.seconds());
            fleets.add(fleet.seconds());
            bench.say()
                    .accept("%s: one JVM %.2f s, fleet %.2f s, of which %.2f s on cores"
                            .formatted(name, one.seconds(), fleet.seconds(), fleet.cpuSeconds() / bench.cores()));
        }
        return new Turns(ratios, alone, fleets);
    }
}
