package millrace.tests.chaos;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import millrace.client.Job;
import millrace.client.JobOptions;
import millrace.client.Millrace;
import millrace.proto.BadInput;
import millrace.proto.Cluster;
import millrace.proto.Policy;
import millrace.proto.Refusal;
import millrace.proto.kernels.Primes;
import millrace.tests.kernels.Spell;
import millrace.tests.kernels.Weights;
import org.jspecify.annotations.Nullable;

/// Wants one job after the other and waits for its end; says everything again whose outcome it does not know; now and
/// then changes its mind.
final class Customer implements Runnable {
    /// What all customers share.
    ///
    /// @param tasksWanted at least, before they leave
    /// @param closing   from when on they want no more jobs
    /// @param tasks     of the jobs that they have wanted
    record Shop(
            Cluster cluster,
            ClientLog log,
            ChaosForm.Load load,
            long tasksWanted,
            CountDownLatch closing,
            AtomicLong tasks) {
        /// Whether nothing more is wanted.
        boolean isClosed() {
            return closing.getCount() == 0 && tasks.get() >= tasksWanted;
        }
    }

    private static final Duration LOOK = Duration.ofSeconds(1);

    private final String name;
    private final Shop shop;
    private final SplittableRandom random;
    private @Nullable Millrace millrace;
    private int jobs;

    Customer(String name, Shop shop, SplittableRandom random) {
        this.name = name;
        this.shop = shop;
        this.random = random;
    }

    @Override
    public void run() {
        try {
            while (!shop.isClosed()) {
                want(next());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            disconnect();
        }
    }

    private ClientLog.Order next() {
        var job = name + "-" + ++jobs;
        var many = shop.load().jobTasks();
        return switch (random.nextInt(10)) {
            // Tasks so long that whoever takes one claims it, and that are lost with him.
            case 0 -> order(job, sum(random.nextInt(1, 4), random.nextInt(6_000_000, 9_000_000)), 1);
            // Tasks that somebody holds when something goes wrong.
            case 1, 2 -> order(job, sum(random.nextInt(20, many / 4), random.nextInt(5_000, 40_000)), 3);
            // Tasks that are hardly any work.
            case 3, 4, 5, 6 -> order(job, sum(random.nextInt(many / 10, many), random.nextInt(0, 500)), 1);
            case 7, 8 -> order(job, new Work.Lines(new Spell(random.nextInt(1, 2 * many))), random.nextInt(1, 8));
            default -> {
                var from = random.nextInt(0, 1_000_000);
                yield order(job, new Work.Count(new Primes(from, from + random.nextInt(1, 50_000_000))), 1);
            }
        };
    }

    private Work sum(int count, int micros) {
        return new Work.Sum(new Weights(count, random.nextLong(), micros));
    }

    private ClientLog.Order order(String job, Work work, int taskItems) {
        var order = new ClientLog.Order(job, work, taskItems);
        shop.log().order(order);
        shop.tasks().addAndGet(Math.ceilDiv(work.description().items(), taskItems));
        return order;
    }

    private void want(ClientLog.Order order) throws InterruptedException {
        var options = JobOptions.DEFAULT
                .withId(order.job())
                .withPolicy(Policy.DEFAULT.withTaskItems(order.taskItems()).withPriority(random.nextInt(-2, 3)));
        if (chance(0.2)) {
            twice(order, options);
        } else {
            insist(ClientLog.Action.SUBMIT, order, options, _ -> {});
        }
        pause(random.nextLong(1, 3_000));
        if (chance(0.2)) {
            disconnect(); // as another process would
            insist(ClientLog.Action.SUBMIT_AGAIN, order, options, _ -> {});
        }
        if (chance(0.15)) {
            insist(ClientLog.Action.PRIORITY, order, options, job -> job.priority(5));
        }
        if (chance(0.15)) {
            insist(ClientLog.Action.PAUSE, order, options, Job::pause);
            pause(random.nextLong(1, 3_000));
            insist(ClientLog.Action.RESUME, order, options, Job::resume);
        }
        if (chance(0.15)) {
            insist(ClientLog.Action.CANCEL, order, options, job -> job.cancel("changed its mind"));
        }
        await(order, options);
    }

    // With the help of another, who submits it at the same moment.
    private void twice(ClientLog.Order order, JobOptions options) throws InterruptedException {
        var other = new Customer(name, shop, random.split());
        var helper = Thread.ofPlatform()
                .name(name + "-too")
                .uncaughtExceptionHandler(Thread.currentThread().getUncaughtExceptionHandler())
                .start(() -> {
                    try {
                        other.insist(ClientLog.Action.SUBMIT_AGAIN, order, options, _ -> {});
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    } finally {
                        other.disconnect();
                    }
                });
        insist(ClientLog.Action.SUBMIT, order, options, _ -> {});
        helper.join();
    }

    private boolean chance(double of) {
        return random.nextDouble() < of;
    }

    private interface Wish {
        void of(Job job) throws InterruptedException;
    }

    // Says it until it is accepted. Submitting comes first each time, which is the same job however often.
    private void insist(ClientLog.Action action, ClientLog.Order order, JobOptions options, Wish wish)
            throws InterruptedException {
        while (true) {
            try {
                wish.of(connected().submit(order.work().description(), options));
                shop.log().add(action, order.job(), ClientLog.Outcome.ACCEPTED, "");
                return;
            } catch (Refusal e) {
                shop.log().add(action, order.job(), ClientLog.Outcome.UNKNOWN, String.valueOf(e.getMessage()));
                disconnect();
                pause(300);
            } catch (BadInput e) {
                shop.log().add(action, order.job(), ClientLog.Outcome.REFUSED, String.valueOf(e.getMessage()));
                return;
            }
        }
    }

    private void await(ClientLog.Order order, JobOptions options) throws InterruptedException {
        @Nullable Job job = null;
        while (true) {
            try {
                if (job == null) {
                    job = connected().submit(order.work().description(), options);
                }
                shop.log().ended(job.ending(LOOK));
                return;
            } catch (TimeoutException e) {
                // it goes on
            } catch (Refusal e) {
                job = null;
                disconnect();
                pause(300);
            }
        }
    }

    private static void pause(long millis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(millis);
    }

    private Millrace connected() {
        var current = millrace;
        if (current == null) {
            current = Millrace.connect(shop.cluster());
            millrace = current;
        }
        return current;
    }

    private void disconnect() {
        var current = millrace;
        millrace = null;
        if (current != null) {
            current.close();
        }
    }
}
