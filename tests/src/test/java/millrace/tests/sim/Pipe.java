package millrace.tests.sim;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// A client's connection over which requests reach the brokers in their order, each once, as an idempotent
/// producer's do: while the brokers cannot be reached the client tries again. An answer may be lost; then it comes
/// with a later try.
final class Pipe {
    private record Request<T>(Supplier<T> op, Consumer<T> answer) {}

    private final Machine of;
    private final ArrayDeque<Request<?>> queue = new ArrayDeque<>();
    private boolean moving;

    Pipe(Machine of) {
        this.of = of;
    }

    /// @param op     what the brokers do
    /// @param answer what the process does with their answer
    <T> void send(Supplier<T> op, Consumer<T> answer) {
        // Between the decision and the first byte on the wire the process may be frozen or die.
        of.later(of.world.chance.millis(0, 0.3), () -> {
            queue.add(new Request<>(op, answer));
            if (!moving) {
                move();
            }
        });
    }

    private void move() {
        moving = true;
        of.world.agenda.in(of.world.network.delay(), this::arrive);
    }

    private void arrive() {
        if (of.isDead() && of.world.chance.in(0.5)) {
            queue.clear(); // was still in its memory
        }
        var next = queue.peek();
        if (next == null || (of.isDead() && !of.reaches())) {
            moving = false;
            return;
        }
        if (!of.reaches()) {
            of.world.agenda.in(of.world.chance.millis(20, 150), this::arrive);
            return;
        }
        queue.poll();
        serve(next);
        if (queue.isEmpty() || of.isDead()) {
            moving = false;
        } else {
            move();
        }
    }

    private <T> void serve(Request<T> request) {
        var result = request.op.get();
        of.world.agenda.in(of.world.network.delay() + of.world.network.lostAnswer(), () -> back(request, result));
    }

    private <T> void back(Request<T> request, T result) {
        if (of.reaches()) {
            of.now(() -> request.answer.accept(result));
        } else if (!of.isDead()) {
            of.world.agenda.in(of.world.chance.millis(20, 150), () -> back(request, result));
        }
    }
}
