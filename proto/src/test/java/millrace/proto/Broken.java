package millrace.proto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Bytes that are nearly right: each bit flipped, each byte left out or doubled, cut off anywhere, with one byte more.
final class Broken {
    private Broken() {}

    static void forEach(byte[] bytes, Consumer<byte[]> test) {
        for (var bit = 0; bit < 8 * bytes.length; bit++) {
            var flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            test.accept(flipped);
        }
        for (var at = 0; at < bytes.length; at++) {
            test.accept(Arrays.copyOf(bytes, at));
            test.accept(joined(bytes, at, at + 1));
            test.accept(joined(bytes, at + 1, at));
        }
        for (var last = 0; last < 256; last++) {
            var longer = Arrays.copyOf(bytes, bytes.length + 1);
            longer[bytes.length] = (byte) last;
            test.accept(longer);
        }
    }

    /// Checks that decoding throws what names the fault, or that encoding again gives the very bytes.
    static void refusedOrCanonical(byte[] broken, Supplier<byte[]> decodedAndEncoded, String refusal) {
        byte[] again;
        try {
            again = decodedAndEncoded.get();
        } catch (IllegalArgumentException e) {
            if (!String.valueOf(e.getMessage()).startsWith(refusal)) {
                throw new AssertionError("refusal of " + HexFormat.of().formatHex(broken), e);
            }
            return;
        }
        if (!Arrays.equals(again, broken)) { // AssertJ would be most of the test's time
            assertThat(again).as(HexFormat.of().formatHex(broken)).isEqualTo(broken);
        }
    }

    private static byte[] joined(byte[] bytes, int end, int from) {
        var joined = Arrays.copyOf(bytes, end + bytes.length - from);
        System.arraycopy(bytes, from, joined, end, bytes.length - from);
        return joined;
    }
}
