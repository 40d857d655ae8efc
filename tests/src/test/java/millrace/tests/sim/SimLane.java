package millrace.tests.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import millrace.tests.model.Ack;
import millrace.tests.model.Delivery;

/// One member of the share group, as the worker's lane is one: orders are carried out in turn, all records of a
/// poll are acknowledged before the next, and acknowledgements travel with a poll or by themselves. After a poll that
/// brought nothing it goes on fetching, and has what it gets for the next poll.
final class SimLane {
    /// How long a poll waits for records.
    private static final long POLL = 500 * Agenda.MILLI;

    private record Place(int partition, long offset) {}

    private final SimWorker worker;
    private final int lane;
    private final Broker broker;
    private final Pipe pipe;
    private final ArrayDeque<Runnable> orders = new ArrayDeque<>();
    private final Set<Place> held = new HashSet<>();
    private final SortedMap<Integer, SortedMap<Long, Ack>> pending = new TreeMap<>();
    private String member = "";
    private List<Delivery> fetched = List.of();
    private boolean busy;
    private int polls;
    private int records;
    private int recordsMost;

    SimLane(SimWorker worker, int lane) {
        this.worker = worker;
        this.lane = lane;
        broker = worker.world.broker;
        pipe = new Pipe(worker);
    }

    void open(int records) {
        order(() -> {
            busy = true;
            this.records = records;
            recordsMost = Math.max(recordsMost, records);
            pipe.send(
                    () -> {
                        leave();
                        member = broker.share.join();
                        return member;
                    },
                    _ -> {
                        worker.tell(now -> worker.desk.opened(now, lane));
                        worker.tell(now -> worker.desk.joined(now, lane));
                        done();
                    });
        });
    }

    /// Records that it took at once so far, at most.
    long recordsMost() {
        return recordsMost;
    }

    void poll() {
        order(() -> {
            busy = true;
            polls++;
            var poll = polls;
            pipe.send(
                    () -> {
                        wait(poll, worker.world.agenda.now() + POLL);
                        return true;
                    },
                    _ -> {});
        });
    }

    // At the brokers: takes what there is, or waits for it.
    private void wait(int poll, long until) {
        if (poll != polls || worker.isDead()) {
            return;
        }
        if (!worker.reaches()) {
            answer(List.of());
            return;
        }
        flush();
        var taken = acquire();
        if (!taken.isEmpty() || worker.world.agenda.now() >= until) {
            answer(taken);
            return;
        }
        worker.world.agenda.in(until - worker.world.agenda.now(), () -> wait(poll, until));
        broker.onTask(() -> worker.world.agenda.in(worker.world.network.delay() / 4, () -> wait(poll, until)));
    }

    private List<Delivery> acquire() {
        if (!fetched.isEmpty()) {
            var before = fetched;
            fetched = List.of();
            return before;
        }
        return broker.share.acquire(member, new TreeSet<>(broker.share.assigned(member)), records);
    }

    private void answer(List<Delivery> taken) {
        polls++; // what waited for this poll waits no longer
        var answered = polls;
        worker.world.agenda.in(worker.world.network.delay(), () -> returned(answered, taken));
        if (taken.isEmpty()) {
            fetchOn(answered, member);
        }
    }

    // At the brokers: for a member that is not polled, until it is again.
    private void fetchOn(int poll, String member) {
        if (poll != polls || !member.equals(this.member) || worker.isDead() || !worker.reaches()) {
            return;
        }
        fetched = acquire();
        if (fetched.isEmpty()) {
            broker.onTask(() -> worker.world.agenda.in(worker.world.network.delay() / 4, () -> fetchOn(poll, member)));
        }
    }

    private void returned(int poll, List<Delivery> taken) {
        worker.now(() -> {
            if (poll != polls) {
                return;
            }
            var deliveries = new ArrayList<millrace.worker.Delivery>();
            if (worker.reaches()) {
                for (var one : taken) {
                    held.add(new Place(one.partition(), one.offset()));
                    deliveries.add(read(one));
                }
            } // else the answer got lost with its connection, and the records come back when their locks end
            worker.tell(now -> worker.desk.delivered(now, lane, deliveries));
            done();
        });
    }

    private millrace.worker.Delivery read(Delivery one) {
        var line = broker.tasks.get(one.partition()).at(one.offset());
        var task = line == null ? null : line.record();
        return task == null || task.partition() >= broker.jobPartitions
                ? new millrace.worker.Delivery.Foreign(one.partition(), one.offset())
                : new millrace.worker.Delivery.Valid(
                        one.partition(), one.offset(), worker.world.harm.deliveries(one.count()), task);
    }

    void acknowledge(int partition, long offset, Ack ack) {
        order(() -> {
            if (held.remove(new Place(partition, offset))) {
                pending.computeIfAbsent(partition, _ -> new TreeMap<>()).put(offset, ack);
            }
        });
    }

    /// Sends what was acknowledged and gives the rest back, in time.
    void close() {
        order(() -> pipe.send(
                () -> {
                    leave();
                    return true;
                },
                _ -> {}));
    }

    /// At the brokers.
    private void leave() {
        flush();
        fetched = List.of();
        if (!member.isEmpty()) {
            broker.share.endSession(member);
            broker.share.leave(member);
        }
    }

    /// The brokers see the connection end.
    void disconnected() {
        if (!member.isEmpty() && broker.isUp()) {
            broker.share.disconnect(member);
        }
    }

    /// The group gives a dead member up, once there are brokers to do so.
    void forget() {
        if (member.isEmpty()) {
            return;
        }
        if (broker.isUp()) {
            broker.share.leave(member);
        } else {
            worker.world.agenda.in(Agenda.SECOND, this::forget);
        }
    }

    private void order(Runnable order) {
        orders.add(order);
        drive();
    }

    private void done() {
        busy = false;
        drive();
    }

    private void drive() {
        while (!busy && !orders.isEmpty()) {
            orders.poll().run();
        }
        if (!busy && !pending.isEmpty()) {
            pipe.send(
                    () -> {
                        flush();
                        return true;
                    },
                    _ -> {});
        }
    }

    // At the brokers.
    private void flush() {
        if (pending.isEmpty()) {
            return;
        }
        pending.forEach((partition, acks) -> acks.forEach((offset, ack) -> {
            if (ack == Ack.ACCEPT) {
                worker.world.checker.accepted(worker.name, partition, offset);
            }
        }));
        var _ = broker.share.acknowledge(member, new TreeMap<>(pending));
        pending.clear();
        worker.world.checker.feeding().acknowledged();
    }
}
