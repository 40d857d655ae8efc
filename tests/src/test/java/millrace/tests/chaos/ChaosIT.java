package millrace.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import millrace.client.Millrace;
import millrace.client.WorkerSummary;
import millrace.proto.Cluster;
import millrace.proto.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Processes are killed, frozen and asked to go, the broker is killed, the wire is slow and breaks, and customers say
/// everything twice: what was accepted ends once, with the bytes that it must have.
///
/// `-Dmillrace.chaos=ci` and `-Dmillrace.chaos=long` are longer, `-Dmillrace.chaos.seed=N` repeats a schedule. What all
/// processes said stands in `target/chaos-SEED.log`.
class ChaosIT {
    private static final long SEED = Long.getLong("millrace.chaos.seed", new SecureRandom().nextLong(1_000_000));
    private static final Duration START = Duration.ofMinutes(3);

    private final ChaosForm form = ChaosForm.chosen();
    private final ClientLog log = new ClientLog();
    private final List<Throwable> died = java.util.Collections.synchronizedList(new ArrayList<>());

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    @Test
    void whatWasAcceptedEndsOnceWithItsBytesWhateverGoesWrong() throws Exception {
        var started = System.nanoTime();
        var saying = Path.of("target", "chaos-" + SEED + ".log");
        Files.createDirectories(saying.toAbsolutePath().getParent());
        try (var processes = new Processes(folder.resolve("broker"), saying, SEED)) {
            var nemesis = new Nemesis(processes);
            for (var kind : Post.Kind.values()) {
                Post.all(kind).forEach(processes::start);
            }
            var cluster = Cluster.at(processes.bootstrapServers(), Processes.FLEET);
            awaitWorkers(cluster, processes);
            for (var round = 0; round < form.rounds(); round++) {
                var schedule = Schedule.of(form, SEED, round);
                say("seed " + SEED + ", round " + round);
                schedule.plan().forEach(planned -> say("  " + planned));
                round(cluster, processes, nemesis, schedule);
            }
            var ledger = Ledger.read(processes.internalServers(), Processes.FLEET);
            var findings = Findings.of(log, ledger);
            var traces = Traces.of(ledger, nemesis.zombies());
            var seconds = (System.nanoTime() - started) / 1e9;
            say(new ChaosReport(form, SEED, seconds, nemesis, processes, log, findings, traces).toString());
            processes.unexpected().forEach(ChaosIT::say);
            assertThat(findings.wrong()).as("what is wrong, seed %d", SEED).isEmpty();
            assertThat(processes.unexpected())
                    .as("ended by themselves, seed %d", SEED)
                    .isEmpty();
            assertHit(nemesis, traces);
        }
    }

    private static void say(String line) {
        System.out.println(line);
    }

    private void awaitWorkers(Cluster cluster, Processes processes) throws IOException, InterruptedException {
        var until = System.nanoTime() + START.toNanos();
        var live = 0L;
        while (live < Post.all(Post.Kind.WORKER).size()) {
            if (System.nanoTime() > until) {
                throw new AssertionError("the fleet has not started:\n" + processes.lastWords());
            }
            try (var client = Millrace.connect(cluster)) {
                live = client.workers(Duration.ofSeconds(2)).stream()
                        .filter(WorkerSummary::live)
                        .count();
            } catch (Refusal e) {
                processes.say("## no fleet yet: " + e.getMessage());
            }
        }
    }

    private void round(Cluster cluster, Processes processes, Nemesis nemesis, Schedule schedule)
            throws IOException, InterruptedException {
        var shop = new Customer.Shop(
                cluster,
                log,
                form.load(),
                form.load().tasks() / form.rounds(),
                new CountDownLatch(1),
                new AtomicLong());
        var customers = new ArrayList<Thread>();
        var random = new SplittableRandom(SEED + schedule.round());
        for (var number = 0; number < form.load().customers(); number++) {
            var name = "r" + schedule.round() + "-c" + number;
            customers.add(Thread.ofPlatform()
                    .name(name)
                    .uncaughtExceptionHandler((_, e) -> died.add(e))
                    .start(new Customer(name, shop, random.split())));
        }
        nemesis.run(schedule);
        processes.say("## quiet");
        shop.closing().countDown();
        var until = System.nanoTime() + form.quiet().toNanos();
        while (customers.stream().anyMatch(Thread::isAlive)) {
            TimeUnit.MILLISECONDS.sleep(100);
            processes.replaceEnded();
            if (!shop.isClosed()) { // whatever that takes: nothing here judges speed
                until = System.nanoTime() + form.quiet().toNanos();
            } else if (System.nanoTime() > until) {
                customers.forEach(Thread::interrupt);
                throw new AssertionError(
                        "seed %d: not finished %d s after the last fault: %s, ended by themselves: %s\n%s"
                                .formatted(
                                        SEED,
                                        form.quiet().toSeconds(),
                                        unfinished(),
                                        processes.unexpected(),
                                        processes.lastWords()));
            }
        }
        assertThat(died).as("customers that died, seed %d", SEED).isEmpty();
    }

    private List<String> unfinished() {
        return log.orders().values().stream()
                .filter(order -> log.ending(order.job()).isEmpty())
                .map(ClientLog.Order::toString)
                .toList();
    }

    private void assertHit(Nemesis nemesis, Traces traces) {
        var wanted = form.wanted();
        assertThat(traces.redeliveries()).as("redeliveries").isGreaterThanOrEqualTo(wanted.redeliveries());
        assertThat(traces.duplicates()).as("duplicates").isGreaterThanOrEqualTo(wanted.duplicates());
        assertThat(traces.redeliveries() + traces.reEmissions())
                .as("redeliveries and re-emissions")
                .isGreaterThanOrEqualTo(wanted.again());
        assertThat(traces.takeovers()).as("takeovers").isGreaterThanOrEqualTo(wanted.takeovers());
        assertThat(traces.deposed()).as("owners deposed while frozen").isGreaterThanOrEqualTo(wanted.deposed());
        // A process that has just ended, because it was asked to or found no broker, is left alone.
        var kills =
                nemesis.kills().values().stream().mapToInt(Integer::intValue).sum();
        assertThat(kills)
                .as("kills")
                .isGreaterThanOrEqualTo(form.rounds() * (form.faults().kills() - 1));
        assertThat(nemesis.brokerKills())
                .as("kills of the broker")
                .isEqualTo(form.rounds() * form.faults().brokerKills());
        assertThat(nemesis.zombies())
                .as("zombies")
                .hasSizeGreaterThanOrEqualTo(form.rounds() * form.faults().zombies() / 2);
    }
}
