package millrace.proto.kernels;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import millrace.proto.Blob;
import millrace.proto.Counts;
import millrace.proto.Described;
import millrace.proto.Description;
import millrace.proto.Join;
import millrace.proto.OutputSource;
import millrace.proto.Parameter;
import millrace.proto.Ranges;

/// Counts how many words begin with each prefix, in a text file or in documents of random words, and keeps the
/// frequent ones.
///
/// Only proper prefixes count: a word of n bytes has those of 1 to n - 1 bytes. The output is [Counts] of the frequent
/// prefixes, exact whatever the fleet. Random words are those of numpy's `RandomState(seed).bytes(20)`, one after the
/// other.
@Described(
        name = "prefix-count",
        version = 1,
        summary = "Counts the words that begin with each prefix, and lists the frequent prefixes.",
        item = "a block of 1,000 random words, or of 65,536 bytes of --file")
public record PrefixCount(
        @Parameter(help = "text whose words are counted, parted by ASCII white space", optional = true)
        Blob file,

        @Parameter(help = "documents of random words, when there is no text", byDefault = "20", min = "0", max = "1e7")
        int documents,

        @Parameter(help = "words of a document", byDefault = "10000", min = "0", max = "1000000")
        int words,

        @Parameter(help = "documents have in turn one and a half times and half of the words", byDefault = "false")
        boolean uneven,

        @Parameter(help = "another seed gives other words", byDefault = "1234", min = "0", max = "4294967295")
        long seed,

        @Parameter(
                help = "the longest prefix that is counted",
                unit = "bytes",
                byDefault = "19",
                min = "1",
                max = "255")
        int prefixBytes,

        @Parameter(help = "the smallest count that is listed", byDefault = "4", min = "1")
        long atLeast)
        implements Description {
    /// Random words of an item.
    public static final int BLOCK_WORDS = 1000;

    /// Bytes of text of an item.
    public static final int BLOCK_BYTES = 1 << 16;

    /// The bytes of a random word.
    public static final int WORD_BYTES = 20;

    /// All random words of all documents.
    public long allWords() {
        var pairs = (long) documents / 2 * 2 * words;
        return documents % 2 == 0 ? pairs : pairs + (uneven ? words + words / 2 : words);
    }

    @Override
    public long items() {
        return file.isEmpty() ? Math.ceilDiv(allWords(), BLOCK_WORDS) : Math.ceilDiv(file.bytes(), BLOCK_BYTES);
    }

    @Override
    public Join join() {
        return new Join.CountsByPrefix(atLeast);
    }

    /// Writes a line for each frequent prefix: its count, a tab, and the prefix; in hexadecimal digits where the words
    /// are random. Prefixes of text that end within a character of UTF-8 are left out.
    @Override
    public void write(OutputSource output, Ranges done, OutputStream out) throws IOException {
        var lines = new BufferedOutputStream(out);
        try {
            Counts.read(output.readAll(), (bytes, from, length, count) -> {
                var isText = !file.isEmpty();
                if (isText && endsWithinCharacter(bytes, from, length)) {
                    return;
                }
                var prefix = Arrays.copyOfRange(bytes, from, from + length);
                try {
                    lines.write((count + "\t").getBytes(StandardCharsets.US_ASCII));
                    lines.write(
                            isText ? prefix : HexFormat.of().formatHex(prefix).getBytes(StandardCharsets.US_ASCII));
                    lines.write('\n');
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        lines.flush();
    }

    private static boolean endsWithinCharacter(byte[] bytes, int from, int length) {
        for (var i = 1; i <= Math.min(4, length); i++) {
            var b = bytes[from + length - i] & 0xff;
            if (b >= 0xc0) {
                return i < (b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2);
            }
            if (b < 0x80) {
                return false;
            }
        }
        return false;
    }
}
