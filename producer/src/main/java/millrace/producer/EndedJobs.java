package millrace.producer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.commons.codec.digest.MurmurHash3;

/// Remembers which jobs have ended, because an order may be read after its job's ending and may come twice. It
/// keeps 64 bits of each id, of the latest [#LIMIT] endings at least: 14 days of one job each second, in 16 to 32
/// MB; two ids in that many collide with a chance of one in ten million.
final class EndedJobs {
    static final int LIMIT = 1_250_000;

    private long[] table = new long[1024];
    private int size;
    private long[] older = new long[0];

    void add(String job) {
        var hash = hash(job);
        if (contains(hash, table)) {
            return;
        }
        if (size == LIMIT) {
            older = table;
            table = new long[1024];
            size = 0;
        }
        if (2 * (size + 1) > table.length) {
            var smaller = table;
            table = new long[2 * smaller.length];
            Arrays.stream(smaller).filter(kept -> kept != 0).forEach(kept -> put(kept, table));
        }
        put(hash, table);
        size++;
    }

    boolean contains(String job) {
        var hash = hash(job);
        return contains(hash, table) || contains(hash, older);
    }

    private static long hash(String job) {
        var hash = MurmurHash3.hash128x64(job.getBytes(StandardCharsets.UTF_8))[0];
        return hash == 0 ? 1 : hash;
    }

    // Open addressing: a power of two places, at most half of them taken, 0 for free.
    private static boolean contains(long hash, long[] table) {
        if (table.length == 0) {
            return false;
        }
        var mask = table.length - 1;
        var at = (int) hash & mask;
        while (table[at] != 0) {
            if (table[at] == hash) {
                return true;
            }
            at = (at + 1) & mask;
        }
        return false;
    }

    private static void put(long hash, long[] table) {
        var mask = table.length - 1;
        var at = (int) hash & mask;
        while (table[at] != 0) {
            at = (at + 1) & mask;
        }
        table[at] = hash;
    }
}
