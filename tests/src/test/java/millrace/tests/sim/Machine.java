package millrace.tests.sim;

import java.util.ArrayList;
import java.util.List;

/// A process in the world and its connection to the brokers. It can be killed, frozen and thawed, and cut off.
abstract class Machine {
    final World world;
    final String name;

    private final List<Runnable> stalled = new ArrayList<>();
    private boolean dead;
    private boolean frozen;
    private boolean cut;

    Machine(World world, String name) {
        this.world = world;
        this.name = name;
    }

    boolean isDead() {
        return dead;
    }

    boolean isFrozen() {
        return frozen;
    }

    boolean isWell() {
        return !dead && !frozen && !cut;
    }

    /// Whether a request would get to the brokers now.
    boolean reaches() {
        return !cut && world.broker.isUp();
    }

    /// Does it later, unless the process dies before; a frozen one does it when it is thawed.
    void later(long nanos, Runnable what) {
        world.agenda.in(nanos, () -> now(what));
    }

    void now(Runnable what) {
        if (!dead) {
            if (frozen) {
                stalled.add(what);
            } else {
                what.run();
            }
        }
    }

    /// Does something at the brokers, as soon as they can be reached.
    void atBroker(Runnable what) {
        if (reaches()) {
            what.run();
        } else {
            later(world.chance.millis(20, 120), () -> atBroker(what));
        }
    }

    void kill() {
        world.trace("%s is killed", name);
        dead = true;
        stalled.clear();
        died();
    }

    /// The brokers see its connections end.
    abstract void died();

    void freeze() {
        world.trace("%s is frozen", name);
        frozen = true;
    }

    void thaw() {
        if (frozen && !dead) {
            world.trace("%s is thawed", name);
            frozen = false;
            var due = List.copyOf(stalled);
            stalled.clear();
            due.forEach(this::now);
        }
    }

    /// @param reset whether the brokers notice that the connections are gone
    void cutOff(boolean reset) {
        world.trace("%s is cut off%s", name, reset ? ", its connections are reset" : "");
        cut = true;
        if (reset) {
            disconnected();
        }
    }

    void disconnected() {}

    void mend() {
        if (cut) {
            world.trace("%s is connected again", name);
            cut = false;
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
