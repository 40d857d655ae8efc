package millrace.bench;

import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import millrace.client.Output;
import millrace.proto.Blob;
import millrace.proto.Counts;
import millrace.proto.Description;
import millrace.proto.Digests;
import millrace.proto.kernels.PrefixCount;

/// Stateful computing: how often each prefix of 1 to 19 bytes begins one of many random words of 20, exactly and over
/// all of them, whatever the fleet. As published with 10 documents of 10,000 words for each core.
final class PrefixWorkload implements Workload {
    private static final int DOCUMENTS_OF_CORE = 10;
    private static final int WORDS = 10_000;
    private static final int PREFIX_BYTES = 19;
    private static final int AT_LEAST = 4;
    private static final long SEED = 1234;

    /// What a program in numpy finds in the first 20 documents.
    private static final int CHECKED_DOCUMENTS = 20;
    private static final int FREQUENT = 24_155;
    private static final String DIGEST = "7c65e66e9492ed1a";

    @Override
    public String name() {
        return "b2";
    }

    @Override
    public String summary() {
        return "counts of all prefixes of random words, against one JVM";
    }

    private static PrefixCount job(int documents, boolean uneven, long seed) {
        return new PrefixCount(Blob.EMPTY, documents, WORDS, uneven, seed, PREFIX_BYTES, AT_LEAST);
    }

    @Override
    public Description weak(Inputs inputs, int cores) {
        return job(DOCUMENTS_OF_CORE * cores, false, SEED);
    }

    @Override
    public List<Variant> others(Inputs inputs, Description weak, int cores, double times) {
        var documents = (int) Math.ceil(DOCUMENTS_OF_CORE * cores * times);
        return List.of(new Variant("%d uneven documents".formatted(documents), job(documents, true, 42), 0.9));
    }

    @Override
    public Description checked(Description weak) {
        return job(CHECKED_DOCUMENTS, false, SEED);
    }

    @Override
    public void check(Output output) throws IOException, WrongAnswer {
        var digest = Digests.sha256();
        var prefixes = new int[1];
        Counts.read(output.canonical().readAll(), (bytes, from, length, _) -> {
            prefixes[0]++;
            digest.update((byte) length);
            digest.update(bytes, from, length);
        });
        Bench.check("the number of frequent prefixes", prefixes[0], FREQUENT);
        var hex = HexFormat.of().formatHex(digest.digest());
        Bench.check("the digest of the frequent prefixes", hex.substring(0, DIGEST.length()), DIGEST);
    }
}
