package millrace.proto.kernels;

import java.util.List;
import millrace.proto.Description;
import millrace.proto.Descriptions;

/// The kernels that come with Millrace.
public final class BuiltIn implements Descriptions.Provider {
    @Override
    public List<Class<? extends Description>> descriptions() {
        return List.of(
                Convolve.class,
                Mandelbrot.class,
                Mlp.class,
                MonteCarlo.class,
                PrefixCount.class,
                Primes.class,
                Spin.class);
    }
}
