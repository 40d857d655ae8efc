package millrace.producer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import millrace.proto.Blob;
import millrace.proto.BlobPlace;
import millrace.proto.blobs.BlobTopic;

/// Decides which blobs go: those that no open job names, and that nobody has put or asked for lately. A blob is
/// first made not findable, and only at the next look its pieces go, so that a job which became known in
/// between gets it back. One thread; what it has not finished when its process dies goes when the topic's
/// retention ends.
final class UnusedBlobs {
    /// What is to be done with a blob.
    sealed interface Action {
        BlobPlace place();

        /// Make it not findable.
        record Unlist(BlobPlace place) implements Action {}

        /// Make it findable again.
        record ListAgain(BlobPlace place) implements Action {}

        /// Remove its pieces.
        record Remove(BlobPlace place) implements Action {}
    }

    /// The most blobs of one look: what is left comes with the next.
    static final int AT_ONCE = 1000;

    private final Map<Blob, BlobPlace> unlisted = new LinkedHashMap<>();

    /// @param listed all blobs that can be found
    /// @param needed by open jobs
    /// @param now    the brokers' clock, milliseconds
    List<Action> look(Map<String, BlobTopic.Listed> listed, Set<Blob> needed, long now) {
        var actions = new ArrayList<Action>();
        unlisted.values().forEach(place -> {
            var again = listed.get(place.blob().hex());
            if (again == null && needed.contains(place.blob())) {
                actions.add(new Action.ListAgain(place));
            } else if (again == null || again.place().put() != place.put()) {
                actions.add(new Action.Remove(place));
            }
        });
        unlisted.clear();
        for (var one : listed.values()) {
            var place = one.place();
            if (unlisted.size() < AT_ONCE
                    && !needed.contains(place.blob())
                    && now - one.touchedMillis() > BlobTopic.KEEP_UNUSED.toMillis()) {
                unlisted.put(place.blob(), place);
                actions.add(new Action.Unlist(place));
            }
        }
        return actions;
    }
}
