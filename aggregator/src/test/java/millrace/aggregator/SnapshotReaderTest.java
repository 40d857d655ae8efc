package millrace.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import millrace.proto.Snapshot;
import millrace.proto.SpecDigest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SnapshotReaderTest {
    private static final SpecDigest DIGEST = new SpecDigest(ByteString.copyFrom(new byte[32]));

    private final SnapshotReader reader = new SnapshotReader();

    @Test
    void laterSnapshotReplacesTheOneBefore() {
        add(1, 0, 2, "a");
        add(1, 1, 2, "b");
        add(2, 0, 2, "c");
        add(2, 1, 2, "d");
        assertThat(taken()).isEqualTo("cd");
    }

    @Test
    void snapshotInPartHidesTheOneBefore() {
        add(1, 0, 1, "a");
        add(2, 0, 2, "b");
        assertThat(taken()).isNull();
    }

    @Test
    void snapshotsThatBeginAnewReplaceOneThatWasLeftInPart() {
        add(7, 0, 2, "a");
        add(1, 0, 1, "b");
        assertThat(taken()).isEqualTo("b");
    }

    @Test
    void snapshotOfTheSameNumberReplacesOneThatWasLeftInPart() {
        add(1, 0, 3, "a");
        add(1, 1, 3, "b");
        add(1, 0, 2, "c");
        add(1, 1, 2, "d");
        assertThat(taken()).isEqualTo("cd");
    }

    private void add(long number, int piece, int pieces, String data) {
        assertThat(reader.add(new Snapshot("job", DIGEST, number, piece, pieces, ByteString.copyFromUtf8(data))))
                .isTrue();
    }

    private @Nullable String taken() {
        var saved = reader.take("job");
        return saved == null ? null : saved.state().toStringUtf8();
    }
}
