package millrace.aggregator.console;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import millrace.proto.BadInput;
import millrace.proto.JobOrder;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Does things to all jobs that a filter matches: first a plan, which changes nothing, then the same in the
/// background, one order after the other at a given rate, with its progress for people to see. Any thread.
final class Operations {
    private static final int REMEMBERED_MAX = 50;
    private static final int SHOWN_MAX = 20;
    private static final Duration TURN_WITHIN = Duration.ofHours(1);

    /// What is asked for.
    ///
    /// @param priority of [Action#PRIORITY]
    /// @param rate     orders a second, above 0
    record Wanted(Action action, JobFilter filter, String reason, int priority, double rate) {
        Wanted {
            if (!(rate > 0 && rate <= 1000)) {
                throw new BadInput("rate is " + rate + ", allowed: above 0, up to 1000 jobs a second");
            }
        }
    }

    /// What a body says.
    ///
    /// @param expected how many jobs the dry run had, -1 when nobody looked at one
    record Order(Wanted wanted, boolean dryRun, int expected) {
        /// @throws BadInput when a field is not known, or is not what it may be
        static Order of(byte[] json) {
            var body = Body.read(json, "action", "filter", "reason", "rate", "priority", "dryRun", "expected");
            var wanted = new Wanted(
                    Action.of(body.text("action")),
                    JobFilter.of(body.object("filter", "ids", "states", "kernel", "text")),
                    body.text("reason"),
                    body.whole("priority", 0, -10, 10),
                    body.number("rate", 50));
            return new Order(wanted, body.is("dryRun", true), body.whole("expected", -1, 0, Integer.MAX_VALUE));
        }
    }

    private record Refusal(String job, String why) {}

    private record Plan(List<JobOrder> orders, Map<String, Integer> partitions, List<Refusal> refused) {}

    /// One that was begun. Guarded by itself.
    private static final class Running {
        private final long id;
        private final String what;
        private final int orders;
        private int sent;
        private int failed;
        private String trouble = "";
        private boolean ended;

        Running(long id, String what, int orders) {
            this.id = id;
            this.what = what;
            this.orders = orders;
        }
    }

    private final FleetTail tail;
    private final OrderSender sender;
    private final AuditLog audit;
    private final LinkedHashMap<Long, Running> remembered = new LinkedHashMap<>();
    private long last;

    Operations(FleetTail tail, OrderSender sender, AuditLog audit) {
        this.tail = tail;
        this.sender = sender;
        this.audit = audit;
    }

    /// What would be done now; nothing is.
    ObjectNode dryRun(Wanted wanted) {
        var plan = plan(wanted);
        var node = Json.object();
        node.put("action", wanted.action().name().toLowerCase(Locale.ROOT))
                .put("eligible", plan.orders().size())
                .put("refused", plan.refused().size())
                .put("seconds", plan.orders().size() / wanted.rate());
        var jobs = node.putArray("jobs");
        plan.orders().stream().limit(SHOWN_MAX).forEach(order -> jobs.add(order.job()));
        var why = node.putArray("why");
        plan.refused().stream()
                .limit(SHOWN_MAX)
                .forEach(refusal -> why.addObject().put("job", refusal.job()).put("why", refusal.why()));
        return node;
    }

    /// Does it in the background.
    ///
    /// @param expected how many the dry run had; when it is another number now, nothing is done
    /// @throws BadInput when it is
    ObjectNode begin(Wanted wanted, int expected, String from) {
        var plan = plan(wanted);
        if (plan.orders().size() != expected) {
            throw new BadInput("now it would be " + plan.orders().size() + " jobs rather than " + expected
                    + ", and nothing was done: look at the dry run again");
        }
        var what = wanted.action().name().toLowerCase(Locale.ROOT) + " of "
                + (plan.orders().size() == 1
                        ? plan.orders().getFirst().job()
                        : plan.orders().size() + " jobs");
        var running = remember(what, plan.orders().size());
        audit.write(from, what, wanted.reason(), "begun as operation " + running.id);
        Thread.ofVirtual().name("console-operation-" + running.id).start(() -> run(running, plan, wanted, from));
        return Json.object().put("operation", running.id).put("orders", running.orders);
    }

    private Plan plan(Wanted wanted) {
        var partitions = tail.partitions();
        if (partitions == 0) {
            throw new BadInput("the fleet's topics are not read yet; try again in a moment");
        }
        return tail.look(view -> {
            var plan = new Plan(new ArrayList<>(), new LinkedHashMap<>(), new ArrayList<>());
            for (var job : wanted.filter().among(view.jobs())) {
                try {
                    plan.orders()
                            .add(wanted.action()
                                    .order(view, job.summary(), wanted.reason(), wanted.priority(), partitions));
                    plan.partitions()
                            .put(plan.orders().getLast().job(), job.spec().partition());
                } catch (BadInput e) {
                    plan.refused().add(new Refusal(job.id(), String.valueOf(e.getMessage())));
                }
            }
            return plan;
        });
    }

    private synchronized Running remember(String what, int orders) {
        var running = new Running(++last, what, orders);
        remembered.putFirst(running.id, running);
        if (remembered.size() > REMEMBERED_MAX) {
            remembered.pollLastEntry();
        }
        return running;
    }

    private void run(Running running, Plan plan, Wanted wanted, String from) {
        var limiter = RateLimiter.of(
                "operation-" + running.id,
                RateLimiterConfig.custom()
                        .limitForPeriod(1)
                        .limitRefreshPeriod(Duration.ofNanos((long) (1e9 / wanted.rate())))
                        .timeoutDuration(TURN_WITHIN)
                        .build());
        try {
            for (var order : plan.orders()) {
                if (!limiter.acquirePermission()) {
                    throw new InterruptedException();
                }
                send(running, order, plan.partitions().getOrDefault(order.job(), 0));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (running) {
            running.ended = true;
            audit.write(from, running.what, wanted.reason(), running.sent + " sent, " + running.failed + " failed");
        }
    }

    private void send(Running running, JobOrder order, int partition) throws InterruptedException {
        try {
            sender.send(order, partition);
            synchronized (running) {
                running.sent++;
            }
        } catch (BadInput e) {
            synchronized (running) {
                running.failed++;
                running.trouble = String.valueOf(e.getMessage());
            }
        }
    }

    /// The latest, the newest first.
    synchronized void write(ArrayNode to) {
        for (var running : remembered.values()) {
            synchronized (running) {
                to.addObject()
                        .put("operation", running.id)
                        .put("what", running.what)
                        .put("orders", running.orders)
                        .put("sent", running.sent)
                        .put("failed", running.failed)
                        .put("trouble", running.trouble)
                        .put("ended", running.ended);
            }
        }
    }
}
