package millrace.tests.kernels;

import java.util.List;
import millrace.proto.Description;
import millrace.proto.Descriptions;

/// The kernels of this package.
public final class OfTests implements Descriptions.Provider {
    @Override
    public List<Class<? extends Description>> descriptions() {
        return List.of(
                Dated.class,
                Flood.class,
                Grind.class,
                Hoard.class,
                Nap.class,
                Sift.class,
                Spell.class,
                Tags.class,
                Trap.class,
                Vigil.class,
                Weights.class);
    }
}
