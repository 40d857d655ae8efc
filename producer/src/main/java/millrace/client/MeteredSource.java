package millrace.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import millrace.proto.OutputSource;

/// Tells how far it is read.
record MeteredSource(OutputSource source, Output.Meter meter) implements OutputSource {
    @Override
    public InputStream open() throws IOException {
        return new FilterInputStream(source.open()) {
            private long moved;

            @Override
            public int read() throws IOException {
                var one = in.read();
                tell(one < 0 ? 0 : 1);
                return one;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                var bytes = in.read(into, offset, length);
                tell(Math.max(0, bytes));
                return bytes;
            }

            @Override
            public long skip(long bytes) throws IOException {
                var skipped = in.skip(bytes);
                tell(skipped);
                return skipped;
            }

            @Override
            public boolean markSupported() {
                return false;
            }

            private void tell(long bytes) {
                moved += bytes;
                if (bytes > 0) {
                    meter.moved(moved, source.bytes());
                }
            }
        };
    }

    @Override
    public long bytes() {
        return source.bytes();
    }
}
