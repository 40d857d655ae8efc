package millrace.tests.conformance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import millrace.tests.conformance.BrokerWorld.Names;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;

/// Runs scripts on a broker, a wave of them side by side, so that waiting for locks costs little.
final class Scripts {
    /// How many scripts may be busy at once.
    private static final int TURNS = 8;

    private final Rig rig;
    private final Semaphore turns = new Semaphore(TURNS, true);
    private int waves;

    Scripts(Rig rig) {
        this.rig = rig;
    }

    /// Runs all of these at once and returns their traces in the same order.
    ///
    /// @param wave scripts of which either none restarts the broker or every one does, once
    List<Trace> run(List<Script> wave) {
        String prefix = "w" + ++waves + "-";
        Map<String, TopicDescription> topics = createTopics(prefix, wave);
        configureGroups(prefix, wave);
        Wave together = new Wave(wave.size(), rig::stop, rig::start);
        List<Future<Trace>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Script script : wave) {
                Names names = names(prefix, script, topics);
                running.add(threads.submit(() -> run(script, names, together)));
            }
        }
        return running.stream().map(Scripts::result).toList();
    }

    private Trace run(Script script, Names names, Wave wave) {
        turns.acquireUninterruptibly();
        try (BrokerWorld world = new BrokerWorld(rig, script, names, turns, wave)) {
            return Trace.record(script, world);
        } catch (RuntimeException e) {
            wave.abandon();
            throw new IllegalStateException("could not be run: " + script, e);
        } finally {
            turns.release();
        }
    }

    private Map<String, TopicDescription> createTopics(String prefix, List<Script> wave) {
        List<NewTopic> topics = new ArrayList<>();
        for (Script script : wave) {
            topics.add(new NewTopic(prefix + script.seed() + "-shared", script.partitions(), (short) 1));
            topics.add(new NewTopic(prefix + script.seed() + "-tx", script.partitions(), (short) 1));
        }
        return rig.createTopics(topics);
    }

    private void configureGroups(String prefix, List<Script> wave) {
        Map<String, Map<String, String>> settings = new HashMap<>();
        for (Script script : wave) {
            settings.put(
                    prefix + script.seed() + "-workers",
                    Map.of(
                            "share.auto.offset.reset",
                            switch (script.offsetReset()) {
                                case EARLIEST -> "earliest";
                                case LATEST -> "latest";
                            },
                            "share.record.lock.duration.ms",
                            Long.toString(Script.UNIT.toMillis()),
                            "share.delivery.count.limit",
                            Integer.toString(script.deliveryCountLimit()),
                            "share.partition.max.record.locks",
                            Integer.toString(script.recordLocksMax())));
        }
        rig.configureGroups(settings);
    }

    private static Names names(String prefix, Script script, Map<String, TopicDescription> topics) {
        String name = prefix + script.seed();
        TopicDescription shared = topics.get(name + "-shared");
        if (shared == null) {
            throw new IllegalStateException("no topic for script " + script.seed());
        }
        return new Names(
                shared.name(), shared.topicId(), name + "-tx", name + "-workers", name + "-roster", name + "-group");
    }

    private static Trace result(Future<Trace> running) {
        try {
            return running.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
