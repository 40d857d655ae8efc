package millrace.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import millrace.proto.Blob;
import millrace.proto.Counts;
import millrace.proto.OutputSource;
import millrace.proto.Ranges;
import millrace.proto.Work;
import millrace.proto.kernels.PrefixCount;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrefixCountKernelTest {
    private static final Work WORK = () -> false;
    private static final PrefixCount ORACLE = random(20, 10_000, false, 1234);

    private final PrefixCountKernel kernel = new PrefixCountKernel();

    private static PrefixCount random(int documents, int words, boolean uneven, long seed) {
        return new PrefixCount(Blob.EMPTY, documents, words, uneven, seed, 19, 4);
    }

    /// The figures are those of a program in numpy.
    @Test
    void frequentPrefixesOfRandomWordsAreThoseOfTheOracle() throws Exception {
        var all = counts(ORACLE, WORK, 0, ORACLE.items());
        var frequent = frequent(all);
        assertThat(frequent).hasSize(24_155);
        assertThat(frequent.stream().filter(prefix -> prefix.length == 1)).hasSize(256);
        assertThat(digest(frequent)).startsWith("7c65e66e9492ed1a");
        var distinct = new long[1];
        all.forEachPrefix(1, (bytes, from, length, count) -> distinct[0]++);
        assertThat(distinct[0]).isEqualTo(3_461_445);
    }

    /// What comes out when documents are counted in two groups and only the frequent ones are put together.
    @Test
    void frequentPrefixesOfTwoShardsAreThoseOfTheOracle() throws Exception {
        var union = new TreeSet<byte[]>(Arrays::compareUnsigned);
        var itemsOfDocument = 10;
        for (var shard = 0; shard < 2; shard++) {
            var counts = new Counts();
            for (var document = shard; document < 20; document += 2) {
                var first = (long) itemsOfDocument * document;
                counts.addEncoded(kernel.compute(ORACLE, WORK, first, first + itemsOfDocument));
            }
            union.addAll(frequent(counts));
        }
        assertThat(union).hasSize(9_018);
        assertThat(digest(union)).startsWith("e00cd3f09e0134d0");
    }

    @Test
    void firstRandomWordIsThatOfNumpy() {
        var words = new ArrayList<String>();
        new RandomWords(1234, 1)
                .from(0)
                .next(1, word -> words.add(HexFormat.of().formatHex(word)));
        assertThat(words).containsExactly("2f6b0731d3e2667f2685429f35dc5dd1ccec0e70");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void cutsDoNotShow(long seed) throws Exception {
        var random = new Random(seed);
        var job = random(random.nextInt(1, 9), random.nextInt(1, 9_000), random.nextBoolean(), seed);
        assertThat(inPieces(job, WORK, random)).isEqualTo(kernel.compute(job, WORK, 0, job.items()));
    }

    @Test
    void unevenDocumentsHaveHalfMoreAndHalfLess() throws Exception {
        var job = random(3, 5_000, true, 42);
        assertThat(job.allWords()).isEqualTo(7_500 + 2_500 + 7_500);
        assertThat(counts(job, WORK, 0, job.items()).total()).isEqualTo(17_500);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void textsAreCountedAsByHand(long seed) throws Exception {
        var random = new Random(seed);
        var text = new ByteArrayOutputStream();
        while (text.size() < 200_000 + random.nextInt(10)) {
            // Some words are longer than what is read behind a block, one than a block.
            var length = random.nextInt(20) == 0 ? random.nextInt(40) : random.nextInt(8);
            length += random.nextInt(5_000) == 0 ? 70_000 : 0;
            for (var i = 0; i < length; i++) {
                text.write('a' + random.nextInt(3));
            }
            text.write(" \t\n\013\f\r".charAt(random.nextInt(6)));
        }
        var bytes = text.toByteArray();
        var work = new BlobWork();
        var job = new PrefixCount(work.put(bytes), 0, 0, false, 0, 5, 3);
        var expected = new TreeMap<byte[], Long>(Arrays::compareUnsigned);
        for (var word : new String(bytes, StandardCharsets.ISO_8859_1).split("\\s+")) {
            for (var length = 1; length <= Math.min(5, word.length() - 1); length++) {
                expected.merge(word.substring(0, length).getBytes(StandardCharsets.ISO_8859_1), 1L, Long::sum);
            }
        }
        var actual = new TreeMap<byte[], Long>(Arrays::compareUnsigned);
        Counts.decode(inPieces(job, work, random))
                .forEachPrefix(
                        3,
                        (key, from, length, count) -> actual.put(Arrays.copyOfRange(key, from, from + length), count));
        expected.values().removeIf(count -> count < 3);
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void emptyTextHasNoItems() {
        assertThat(new PrefixCount(Blob.EMPTY, 0, 10, false, 0, 5, 3).items()).isZero();
        assertThat(random(5, 0, true, 0).items()).isZero();
    }

    @Test
    void linesShowWholeCharacters() throws Exception {
        var work = new BlobWork();
        var job =
                new PrefixCount(work.put("Maß Maße müde 日本人\n".getBytes(StandardCharsets.UTF_8)), 0, 0, false, 0, 9, 1);
        var output = new ByteArrayOutputStream();
        counts(job, work, 0, 1).writePrefixesTo(output, 1);
        var lines = new ByteArrayOutputStream();
        job.write(OutputSource.of(output.toByteArray()), Ranges.of(0, 1), lines);
        assertThat(lines.toString(StandardCharsets.UTF_8).lines())
                .containsExactly("2\tM", "2\tMa", "1\tMaß", "1\tm", "1\tmü", "1\tmüd", "1\t日", "1\t日本");
    }

    @Test
    void linesOfRandomWordsAreHexadecimal() throws Exception {
        var job = random(1, 10, false, 1234);
        var output = new ByteArrayOutputStream();
        counts(job, WORK, 0, 1).writePrefixesTo(output, 1);
        var lines = new ByteArrayOutputStream();
        job.write(OutputSource.of(output.toByteArray()), Ranges.of(0, 1), lines);
        assertThat(lines.toString(StandardCharsets.UTF_8).lines()).contains("1\t2f", "1\t2f6b0731");
    }

    private Counts counts(PrefixCount job, Work work, long first, long end) throws Exception {
        return Counts.decode(kernel.compute(job, work, first, end));
    }

    private byte[] inPieces(PrefixCount job, Work work, Random random) throws Exception {
        var counts = new Counts();
        for (var first = 0L; first < job.items(); ) {
            var end = Math.min(job.items(), first + random.nextInt(1, 12));
            counts.addEncoded(kernel.compute(job, work, first, end));
            first = end;
        }
        return counts.encode();
    }

    private static SortedSet<byte[]> frequent(Counts counts) {
        var frequent = new TreeSet<byte[]>(Arrays::compareUnsigned);
        counts.forEachPrefix(
                4, (bytes, from, length, count) -> frequent.add(Arrays.copyOfRange(bytes, from, from + length)));
        return frequent;
    }

    private static String digest(SortedSet<byte[]> prefixes) throws Exception {
        var digest = MessageDigest.getInstance("SHA-256");
        for (var prefix : List.copyOf(prefixes)) {
            digest.update((byte) prefix.length);
            digest.update(prefix);
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
