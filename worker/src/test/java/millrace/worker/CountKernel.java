package millrace.worker;

import java.util.OptionalLong;
import millrace.proto.Kernel;
import millrace.proto.Work;

/// A kernel that does what a test says.
record CountKernel(int version, Body body, Bytes bytes) implements Kernel<Count> {
    interface Body {
        byte[] compute(Work work, long first, long end) throws Exception;
    }

    interface Bytes {
        OptionalLong of(long first, long end);
    }

    CountKernel(int version, Body body) {
        this(version, body, (_, _) -> OptionalLong.empty());
    }

    CountKernel(int version) {
        this(version, (_, first, end) -> new byte[] {(byte) (end - first)});
    }

    @Override
    public Class<Count> description() {
        return Count.class;
    }

    @Override
    public OptionalLong liveBytes(Count description, long first, long end) {
        return bytes.of(first, end);
    }

    @Override
    public byte[] compute(Count description, Work work, long first, long end) throws Exception {
        return body.compute(work, first, end);
    }
}
