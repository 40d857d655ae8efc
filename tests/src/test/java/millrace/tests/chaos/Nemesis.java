package millrace.tests.chaos;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Does what a schedule says, and undoes it, in one thread: the one that calls [#run].
final class Nemesis {
    private static final long LOOK_MILLIS = 200;

    /// A process that did not run for a while.
    record Zombie(Post post, String process, long frozenMillis, long thawedMillis) {}

    private interface Deed {
        void run() throws IOException, InterruptedException;
    }

    private record Due(long atMillis, long order, Deed deed) {}

    private final Processes processes;
    private final Map<Post.Kind, Integer> kills = new EnumMap<>(Post.Kind.class);
    private final List<Zombie> zombies = new ArrayList<>();
    private final Set<Post> down = new HashSet<>();
    private final PriorityQueue<Due> agenda = new PriorityQueue<>((a, b) -> a.atMillis() == b.atMillis()
            ? Long.compare(a.order(), b.order())
            : Long.compare(a.atMillis(), b.atMillis()));
    private long deeds;
    private long started;
    private int brokerKills;
    private int brokerFreezes;
    private int terminations;
    private int wireFaults;

    Nemesis(Processes processes) {
        this.processes = processes;
    }

    /// Returns when the last fault has been undone.
    void run(Schedule schedule) throws IOException, InterruptedException {
        started = System.nanoTime();
        for (var planned : schedule.plan()) {
            at(planned.atMillis(), () -> commit(planned.fault(), planned.atMillis()));
        }
        var looks = 0L;
        while (!agenda.isEmpty()) {
            var due = agenda.peek();
            var wait = due.atMillis() - now();
            if (wait > 0) {
                TimeUnit.MILLISECONDS.sleep(Math.min(wait, LOOK_MILLIS));
            } else {
                agenda.remove();
                due.deed().run();
            }
            if (now() / LOOK_MILLIS > looks) {
                looks = now() / LOOK_MILLIS;
                processes.replaceEnded();
            }
        }
        processes.awaitBroker();
    }

    private long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
    }

    private void at(long millis, Deed deed) {
        agenda.add(new Due(millis, deeds++, deed));
    }

    private void commit(Fault fault, long at) throws IOException, InterruptedException {
        processes.say("## " + fault);
        var end = at + fault.millis();
        switch (fault) {
            case Fault.Kill kill -> kill(kill.post(), end);
            case Fault.Terminate terminate -> {
                if (isUp(terminate.post())) {
                    terminations++;
                    processes.terminate(terminate.post());
                }
            }
            case Fault.Freeze freeze -> freeze(freeze.post(), end);
            case Fault.KillBroker _ -> {
                brokerKills++;
                processes.killBroker();
                at(end, processes::startBroker);
            }
            case Fault.FreezeBroker _ -> {
                brokerFreezes++;
                processes.freezeBroker();
                at(end, processes::thawBroker);
            }
            case Fault.Delay delay -> {
                wireFaults++;
                processes.proxy().delay(delay.byMillis());
                at(end, () -> processes.proxy().delay(0));
            }
            case Fault.Hold hold -> {
                wireFaults++;
                processes.proxy().hold(hold.what(), hold.share());
                at(end, hold.cut() ? processes.proxy()::cutHeld : processes.proxy()::release);
            }
            case Fault.Cut cut -> {
                wireFaults++;
                processes.proxy().cut(cut.share());
            }
        }
    }

    private void kill(Post post, long end) {
        if (isUp(post)) {
            kills.merge(post.kind(), 1, Integer::sum);
            processes.kill(post);
            down.add(post);
            at(end, () -> {
                down.remove(post);
                processes.start(post);
            });
        }
    }

    private void freeze(Post post, long end) throws IOException, InterruptedException {
        if (isUp(post)) {
            var name = processes.name(post);
            var frozen = Instant.now().toEpochMilli();
            processes.freeze(post);
            down.add(post);
            at(end, () -> {
                processes.thaw(post);
                down.remove(post);
                zombies.add(new Zombie(post, name, frozen, Instant.now().toEpochMilli()));
                processes.say("## " + name + " runs again");
            });
        }
    }

    // A process that has just ended by itself, or was asked to and takes its time, is left alone.
    private boolean isUp(Post post) {
        return !down.contains(post) && processes.isAlive(post);
    }

    Map<Post.Kind, Integer> kills() {
        return Map.copyOf(kills);
    }

    int brokerKills() {
        return brokerKills;
    }

    int brokerFreezes() {
        return brokerFreezes;
    }

    int terminations() {
        return terminations;
    }

    int wireFaults() {
        return wireFaults;
    }

    List<Zombie> zombies() {
        return List.copyOf(zombies);
    }
}
