package millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import millrace.proto.Digests;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadTest {
    private static final Output.Meter UNMETERED = (_, _) -> {};

    private final byte[] bytes = new byte[1_000_000];
    private final List<Long> asked = new ArrayList<>();

    @TempDir
    Path folder;

    @BeforeEach
    void fill() {
        new Random(3).nextBytes(bytes);
    }

    private Path part() {
        return folder.resolve(".out.part");
    }

    private Download open() throws IOException {
        return Download.open(part(), Digests.sha256().digest(bytes), bytes.length);
    }

    private InputStream remote(long from) {
        asked.add(from);
        return new ByteArrayInputStream(bytes, (int) from, bytes.length - (int) from);
    }

    /// Comes to its end, with an error, before that byte.
    private Download.Remote cut(int at) {
        return from -> new FilterInputStream(remote(from)) {
            private int left = at - (int) from;

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                if (left == 0) {
                    throw new IOException("the broker is away");
                }
                var n = in.read(into, offset, Math.min(left, length));
                left -= n;
                return n;
            }
        };
    }

    private void fetch(Download.Remote remote) throws IOException {
        try (var download = open()) {
            download.fetch(remote, UNMETERED);
        }
    }

    @Test
    void transferThatWasCutGoesOnWhereItEnded() throws IOException {
        for (var at : new int[] {0, 1, 131_072, 999_999}) {
            asked.clear();
            Files.deleteIfExists(part());
            assertThatThrownBy(() -> fetch(cut(at))).hasMessage("the broker is away");
            assertThat(part()).hasSize(at);
            fetch(this::remote);
            assertThat(asked).containsExactly(0L, (long) at);
            assertThat(part()).hasBinaryContent(bytes);
        }
        asked.clear();
        fetch(this::remote);
        assertThat(asked).as("all of it is there").containsExactly((long) bytes.length);
    }

    @Test
    void whatWasThereIsCountedAtOnce() throws IOException {
        assertThatThrownBy(() -> fetch(cut(400_000))).isInstanceOf(IOException.class);
        var moved = new ArrayList<Long>();
        try (var download = open()) {
            download.fetch(this::remote, (done, of) -> {
                assertThat(of).isEqualTo(bytes.length);
                moved.add(done);
            });
        }
        assertThat(moved).startsWith(400_000L).isSorted().endsWith((long) bytes.length);
    }

    @Test
    void whatIsDamagedOrTooLongOrOfSomethingElseIsFetchedAnew() throws IOException {
        assertThatThrownBy(() -> fetch(cut(400_000))).isInstanceOf(IOException.class);
        var damaged = Files.readAllBytes(part());
        damaged[123] ^= 1;
        for (var there : List.of(damaged, new byte[bytes.length], new byte[bytes.length + 1])) {
            Files.write(part(), there);
            fetch(this::remote);
            assertThat(part()).hasBinaryContent(bytes);
        }
    }

    @Test
    void bytesOfAnotherDigestAreRefusedAndNotKept() {
        var other = bytes.clone();
        other[999_999] ^= 1;
        assertThatThrownBy(() -> fetch(from -> new ByteArrayInputStream(other)))
                .hasMessageContaining("they are damaged");
        assertThat(part()).isEmptyFile();
        assertThatThrownBy(() -> fetch(from -> new ByteArrayInputStream(bytes, 0, 999_999)))
                .hasMessageContaining("they are damaged");
    }

    @Test
    void onlyOneCommandWritesIt() throws IOException {
        try (var first = open()) {
            assertThatThrownBy(this::open).hasMessageContaining("is being written by another command");
            first.fetch(this::remote, UNMETERED);
            assertThat(first.source().readAll()).isEqualTo(bytes);
        }
        open().close();
    }

    @Test
    void linkThatSomebodyElseMadeIsNotFollowed() throws IOException {
        var precious = Files.writeString(folder.resolve("precious"), "mine");
        Files.createSymbolicLink(part(), precious);
        assertThatThrownBy(() -> fetch(this::remote)).isInstanceOf(IOException.class);
        assertThat(precious).hasContent("mine");
    }

    @Test
    void lackOfRoomIsToldWithBothFigures() throws IOException {
        try (var download = open()) {
            download.checkRoom(600_000, 400_000);
            assertThatThrownBy(() -> download.checkRoom(599_999, 400_000))
                    .hasMessage("no room: 600000 bytes are needed in " + folder + ", 599999 are free");
        }
    }
}
