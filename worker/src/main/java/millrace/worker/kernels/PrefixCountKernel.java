package millrace.worker.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.OptionalLong;
import millrace.proto.CancelledException;
import millrace.proto.Counts;
import millrace.proto.Kernel;
import millrace.proto.Work;
import millrace.proto.kernels.PrefixCount;

/// Counts the longest prefix of each word; the join counts the shorter ones.
public final class PrefixCountKernel implements Kernel<PrefixCount> {
    @Override
    public Class<PrefixCount> description() {
        return PrefixCount.class;
    }

    /// Random words hardly ever have a prefix of that length in common, so each has its place in the table. How
    /// many different words a text has is not known before.
    @Override
    public OptionalLong liveBytes(PrefixCount job, long first, long end) {
        return job.file().isEmpty()
                ? OptionalLong.of((end - first) * PrefixCount.BLOCK_WORDS * Counts.bytesPerKeyMax(lengthOfRandom(job)))
                : OptionalLong.empty();
    }

    private static int lengthOfRandom(PrefixCount job) {
        return Math.min(job.prefixBytes(), PrefixCount.WORD_BYTES - 1);
    }

    @Override
    public byte[] compute(PrefixCount job, Work work, long first, long end) throws Exception {
        var counts = new Counts();
        if (job.file().isEmpty()) {
            var words = work.warm(
                    "prefix-count " + job.seed() + " " + job.allWords(),
                    () -> new RandomWords(job.seed(), job.allWords()));
            var length = lengthOfRandom(job);
            var stream = words.from(first * PrefixCount.BLOCK_WORDS);
            for (var item = first; item < end; item++) {
                work.checkCancelled();
                stream.next(
                        Math.min(PrefixCount.BLOCK_WORDS, job.allWords() - item * PrefixCount.BLOCK_WORDS),
                        word -> counts.add(word, 0, length, 1));
            }
        } else {
            count(work.blob(job.file()), job.prefixBytes(), work, first, end, counts);
        }
        return counts.encode();
    }

    /// A word is of the block that it begins in; of one that goes on behind it as many bytes are read as count.
    private static void count(MemorySegment text, int prefixBytes, Work work, long first, long end, Counts counts)
            throws CancelledException {
        var block = new byte[1 + PrefixCount.BLOCK_BYTES + prefixBytes];
        for (var item = first; item < end; item++) {
            work.checkCancelled();
            var from = item * PrefixCount.BLOCK_BYTES;
            var before = from == 0 ? 0 : 1; // the byte in front tells whether a word goes on
            var length =
                    (int) Math.min(before + PrefixCount.BLOCK_BYTES + prefixBytes, text.byteSize() - from + before);
            MemorySegment.copy(text, ValueLayout.JAVA_BYTE, from - before, block, 0, length);
            var blockEnd = Math.min(before + PrefixCount.BLOCK_BYTES, length);
            var at = 0;
            while (before == 1 && at < blockEnd && !isWhite(block[at])) {
                at++;
            }
            while (at < blockEnd) {
                if (isWhite(block[at])) {
                    at++;
                    continue;
                }
                var start = at;
                while (at < length && !isWhite(block[at])) {
                    at++;
                }
                // Only a word that is cut off may have more than is seen, and then what counts is seen.
                var prefix = Math.min(prefixBytes, at - start - 1);
                if (prefix > 0) {
                    counts.add(block, start, prefix, 1);
                }
            }
        }
    }

    private static boolean isWhite(byte b) {
        return b == ' ' || ('\t' <= b && b <= '\r');
    }
}
