package millrace.aggregator;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import millrace.proto.BlobPlace;
import millrace.proto.JobState;
import org.apache.commons.codec.digest.MurmurHash3;

/// The digests of the values counted last in a partition: a second value of a range is a copy when it has the
/// same digest, and a kernel's fault when it has not.
final class RecentValues {
    // The lowest byte of a digest says where the value was. Digests of different kinds cannot be compared: workers of
    // two releases may put the same value in different places.
    private static final long KIND = 0xff;
    private static final long HERE = 0;
    private static final long ELSEWHERE = 0x5a;

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

    /// Of a value that is here.
    static long digest(byte[] value) {
        return hash(value) | HERE;
    }

    /// Of a value that is elsewhere, in these parts.
    static long digest(List<BlobPlace> parts) {
        var digests = parts.stream().map(part -> part.blob().digest()).toList();
        return hash(ByteString.copyFrom(digests).toByteArray()) | ELSEWHERE;
    }

    private static long hash(byte[] bytes) {
        return MurmurHash3.hash128x64(bytes, 0, bytes.length, 0)[0] & ~KIND;
    }

    void add(String job, long first, long end, long digest) {
        digests.put(new Key(job, first, end), digest);
    }

    /// Whether another value of exactly that range was counted lately, as far as can be told.
    boolean disagrees(String job, long first, long end, long digest) {
        var counted = digests.get(new Key(job, first, end));
        return counted != null && counted != digest && (counted & KIND) == (digest & KIND);
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
