package millrace.aggregator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import millrace.proto.JobState;
import org.apache.commons.codec.digest.MurmurHash3;

/// The digests of the values counted last in a partition: a second value of a range is a copy when it has the
/// same digest, and a kernel's fault when it has not.
final class RecentValues {
    private record Key(String job, long first, long end) {}

    private final Map<Key, Long> digests;

    RecentValues(int valuesMax) {
        digests = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Key, Long> eldest) {
                return size() > valuesMax;
            }
        };
    }

    static long digest(byte[] value) {
        return MurmurHash3.hash128x64(value, 0, value.length, 0)[0];
    }

    void add(String job, long first, long end, long digest) {
        digests.put(new Key(job, first, end), digest);
    }

    /// Whether another value of exactly that range was counted lately.
    boolean disagrees(String job, long first, long end, long digest) {
        var counted = digests.get(new Key(job, first, end));
        return counted != null && counted != digest;
    }

    /// Those of one job, oldest first.
    List<JobState.Recent> of(String job) {
        var recent = new ArrayList<JobState.Recent>();
        digests.forEach((key, digest) -> {
            if (key.job.equals(job)) {
                recent.add(new JobState.Recent(key.first, key.end, digest));
            }
        });
        return recent;
    }
}
