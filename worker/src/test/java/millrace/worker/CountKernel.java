package millrace.worker;

import millrace.proto.Kernel;
import millrace.proto.Work;

/// A kernel that does what a test says.
record CountKernel(int version, Body body) implements Kernel<Count> {
    interface Body {
        byte[] compute(Work work, long first, long end) throws Exception;
    }

    CountKernel(int version) {
        this(version, (_, first, end) -> new byte[] {(byte) (end - first)});
    }

    @Override
    public Class<Count> description() {
        return Count.class;
    }

    @Override
    public byte[] compute(Count description, Work work, long first, long end) throws Exception {
        return body.compute(work, first, end);
    }
}
