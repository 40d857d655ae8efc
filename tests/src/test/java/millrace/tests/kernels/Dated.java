package millrace.tests.kernels;

import millrace.proto.Described;
import millrace.proto.Integers;
import millrace.proto.Kernel;
import millrace.proto.Parameter;
import millrace.proto.Work;

/// A kernel of which some workers have an older version: the system property [#VERSION] of a worker says which it has.
@Described(name = "dated", version = 2, summary = "Counts its items.", item = "one")
public record Dated(
        @Parameter(help = "ones", min = "0", max = "1e9") long count) implements Summing {
    public static final String VERSION = "millrace.tests.dated-version";

    @Override
    public long items() {
        return count;
    }

    /// Its math.
    public static final class Mill implements Kernel<Dated> {
        @Override
        public Class<Dated> description() {
            return Dated.class;
        }

        @Override
        public int version() {
            return Integer.getInteger(VERSION, 2);
        }

        @Override
        public byte[] compute(Dated dated, Work work, long first, long end) {
            return count(version(), first, end);
        }
    }

    /// The math of version 1, to stand beside that of version 2 in one worker.
    public static final class OlderMill implements Kernel<Dated> {
        @Override
        public Class<Dated> description() {
            return Dated.class;
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public byte[] compute(Dated dated, Work work, long first, long end) {
            return count(1, first, end);
        }
    }

    private static byte[] count(int version, long first, long end) {
        return Integers.encode((end - first) * (version == 2 ? 1 : 1_000_000));
    }
}
