package millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import millrace.proto.Blob;
import millrace.proto.BlobMissing;
import millrace.proto.arrays.Npy;
import millrace.proto.arrays.NumpyRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalWorkTest {
    @TempDir
    Path folder;

    @Test
    void inputIsAnArrayThatKernelsFindByItsDigest() throws Exception {
        try (var inputs = new Inputs(folder)) {
            var blob = inputs.doubles(new NumpyRandom(42)::uniform, 2, 3);
            var file = inputs.folder().resolve(blob.hex());
            var header = Npy.of(file);
            assertThat(header.shape()).containsExactly(2L, 3L);
            var bytes = new LocalWork(inputs.folder()).blob(blob);
            assertThat(bytes.byteSize()).isEqualTo(blob.bytes());
            // The first number of numpy's RandomState(42).uniform().
            assertThat(bytes.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, header.headerBytes()))
                    .isEqualTo(0.3745401188473625);
        }
    }

    @Test
    void inputsLeaveNothingBehind() throws IOException {
        try (var inputs = new Inputs(folder)) {
            var _ = inputs.floats(() -> 1, 4);
            var _ = inputs.floats(() -> 2, 4);
        }
        assertThat(folder).doesNotExist();
    }

    @Test
    void blobThatIsNotThereIsMissing() {
        var absent = Blob.of(new byte[] {1});
        assertThatThrownBy(() -> new LocalWork(folder).blob(absent)).isInstanceOf(BlobMissing.class);
    }

    @Test
    void warmValueIsMadeOnce() throws Exception {
        var work = new LocalWork(folder);
        var made = new AtomicInteger();
        assertThat(work.<Integer>warm("net", made::incrementAndGet)).isEqualTo(1);
        assertThat(work.<Integer>warm("net", made::incrementAndGet)).isEqualTo(1);
        assertThat(work.<Integer>warm("other net", made::incrementAndGet)).isEqualTo(2);
    }
}
