package millrace.proto.blobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import millrace.proto.BadInput;
import millrace.proto.Blob;
import millrace.proto.BlobMissing;
import millrace.proto.CancelledException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlobFolderTest {
    private static final long NOW = System.currentTimeMillis();
    private static final Duration LONG_AGO = BlobTopic.KEEP_UNUSED.plusMinutes(1);

    @TempDir
    Path shared;

    private final byte[] bytes = new byte[2_500_000];
    private Blob blob = Blob.EMPTY;
    private BlobFolder store;

    @BeforeEach
    void open() {
        new Random(3).nextBytes(bytes);
        blob = Blob.of(bytes);
        store = BlobFolder.open("--blob-store", "file:" + shared, "fleet", true);
    }

    private void put() throws IOException {
        store.put(blob, () -> new ByteArrayInputStream(bytes), (_, _) -> {});
    }

    private Path file() {
        return shared.resolve("fleet").resolve(blob.hex());
    }

    private List<String> files() throws IOException {
        try (var files = Files.list(shared.resolve("fleet"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private byte[] read() throws Exception {
        var read = new ByteArrayOutputStream();
        store.read(blob, read::write, () -> false);
        return read.toByteArray();
    }

    private void age(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.fromMillis(NOW - LONG_AGO.toMillis()));
    }

    @Test
    void whatIsPutIsReadByOthersAndIsOneFileNamedByItsDigest() throws Exception {
        put();
        assertThat(files()).containsExactly(blob.hex());
        assertThat(BlobFolder.open("worker.blob-store", "file://" + shared, "fleet", false)
                        .has(blob))
                .isTrue();
        assertThat(read()).isEqualTo(bytes);
        assertThat(BlobFolder.open("worker.blob-store", "file:" + shared, "other", false)
                        .has(blob))
                .as("another fleet")
                .isFalse();
    }

    @Test
    void whatIsThereIsNotPutAgainButMarkedAsAskedFor() throws Exception {
        put();
        age(file());
        var moved = new ArrayList<Long>();
        store.put(blob, () -> new ByteArrayInputStream(bytes), (sent, _) -> moved.add(sent));
        assertThat(moved).isEmpty();
        assertThat(Files.getLastModifiedTime(file()).toMillis()).isGreaterThanOrEqualTo(NOW);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void brokenOrPartialFileIsMissingWithItsDigestUntilItIsPutAnew(boolean partial) throws Exception {
        put();
        var other = bytes.clone();
        other[2_000_000]++;
        Files.write(file(), partial ? Arrays.copyOf(bytes, 1_000_000) : other);
        assertThatThrownBy(this::read)
                .isInstanceOf(BlobMissing.class)
                .hasMessageContaining(blob.hex())
                .hasMessageContaining(partial ? "has 1000000 bytes" : "is broken");
        put();
        assertThat(read()).isEqualTo(bytes);
    }

    @Test
    void blobThatNobodyPutIsMissing() {
        assertThatThrownBy(this::read)
                .isInstanceOf(BlobMissing.class)
                .hasMessageContaining(blob.hex())
                .hasMessageContaining("put it again");
    }

    @Test
    void contentThatIsNotTheBlobLeavesNothing() throws IOException {
        for (var content : List.of(new byte[10], new byte[2_500_000], new byte[3_000_000])) {
            assertThatThrownBy(() -> store.put(blob, () -> new ByteArrayInputStream(content), (_, _) -> {}))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("it has changed since its digest was taken");
            assertThat(files()).isEmpty();
        }
    }

    @Test
    void readingStopsWhenItIsCancelled() throws IOException {
        put();
        var pieces = new ArrayList<byte[]>();
        assertThatThrownBy(() -> store.read(blob, pieces::add, () -> pieces.size() == 1))
                .isInstanceOf(CancelledException.class);
        assertThat(pieces).hasSize(1);
    }

    @Test
    void unusedBlobIsSetAsideAndRemovedAtTheNextLook() throws Exception {
        put();
        assertThat(store.sweep(Set.of(), NOW)).isZero();
        assertThat(files()).as("it was put just now").containsExactly(blob.hex());
        age(file());
        assertThat(store.sweep(Set.of(blob), NOW)).isZero();
        assertThat(files()).as("it is needed").containsExactly(blob.hex());
        assertThat(store.sweep(Set.of(), NOW)).isZero();
        assertThat(files()).containsExactly(blob.hex() + ".unused");
        assertThat(read()).as("still found").isEqualTo(bytes);
        assertThat(store.sweep(Set.of(), NOW)).isOne();
        assertThat(files()).isEmpty();
    }

    @Test
    void blobThatAJobComesToNeedIsGivenBack() throws Exception {
        put();
        age(file());
        store.sweep(Set.of(), NOW);
        assertThat(store.sweep(Set.of(blob), NOW)).isZero();
        assertThat(files()).containsExactly(blob.hex());
    }

    @Test
    void whatNobodyHasFinishedIsRemovedAndWhatIsNotOursStays() throws Exception {
        var part = Files.createFile(shared.resolve("fleet").resolve(blob.hex() + ".0123456789abcdef.part"));
        var notes = Files.createFile(shared.resolve("fleet").resolve("notes.txt"));
        age(notes);
        assertThat(store.sweep(Set.of(), NOW)).as("somebody may be writing it").isZero();
        age(part);
        assertThat(store.sweep(Set.of(), NOW)).isOne();
        assertThat(files()).containsExactly("notes.txt");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/mnt/blobs", "file:blobs", "file:", "file://host/blobs", "topic"})
    void onlyAbsolutePathsOfThisMachineAreTaken(String text) {
        assertThatThrownBy(() -> BlobFolder.open("x.blob-store", text, "fleet", false))
                .isInstanceOf(BadInput.class)
                .hasMessage("x.blob-store is '" + text
                        + "', allowed: file: and the absolute path of a folder, such as file:/mnt/blobs");
    }

    @Test
    void folderThatCannotBeUsedIsToldInOneSentence() throws IOException {
        var none = "file:" + shared.resolve("none");
        assertThatThrownBy(() -> BlobFolder.open("--blob-store", none, "fleet", true))
                .hasMessage("--blob-store is '" + none + "', allowed: a folder that is there");
        var file = "file:" + Files.createFile(shared.resolve("file"));
        assertThatThrownBy(() -> BlobFolder.open("--blob-store", file, "fleet", true))
                .hasMessage("--blob-store is '" + file + "', allowed: a folder that is there, this is none");
        Files.createFile(shared.resolve("taken"));
        assertThatThrownBy(() -> BlobFolder.open("--blob-store", "file:" + shared, "taken", true))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("allowed: a folder that can be written to by this user (");
    }
}
