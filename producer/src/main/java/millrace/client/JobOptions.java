package millrace.client;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import millrace.proto.BadInput;
import millrace.proto.Policy;

/// How a job is to be submitted. Immutable; start from [#DEFAULT].
///
/// @param id     the job's id, up to 100 letters, digits, `.`, `_` and `-`: submitting the same id with the
///               same spec again is the same job. Empty (default): a random one
/// @param labels what people find the job by, up to 32; default none
/// @param policy how the job is to be treated; default [Policy#DEFAULT]
/// @param first  first item wanted, inclusive; default 0
/// @param end    one past the last item wanted, or [#ALL] (default) for all from `first` on
public record JobOptions(String id, SortedMap<String, String> labels, Policy policy, long first, long end) {
    /// As `end`: to the kernel's last item.
    public static final long ALL = -1;

    public static final JobOptions DEFAULT = new JobOptions("", new TreeMap<>(), Policy.DEFAULT, 0, ALL);

    public JobOptions {
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        if (first < 0 || (end != ALL && end < first)) {
            throw new BadInput(
                    "items are %d..%d, allowed: A..B with 0 <= A <= B, B not included".formatted(first, end));
        }
    }

    public JobOptions withId(String other) {
        return new JobOptions(other, labels, policy, first, end);
    }

    public JobOptions withLabel(String name, String value) {
        var more = new TreeMap<>(labels);
        more.put(name, value);
        return new JobOptions(id, more, policy, first, end);
    }

    public JobOptions withPolicy(Policy other) {
        return new JobOptions(id, labels, other, first, end);
    }

    /// Only the items `[first, end)`, for looking into a part.
    public JobOptions withItems(long first, long end) {
        return new JobOptions(id, labels, policy, first, end);
    }
}
