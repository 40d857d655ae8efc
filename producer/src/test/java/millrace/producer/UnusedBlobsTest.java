package millrace.producer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import millrace.producer.UnusedBlobs.Action;
import millrace.proto.Blob;
import millrace.proto.BlobPlace;
import millrace.proto.blobs.BlobTopic;
import org.junit.jupiter.api.Test;

class UnusedBlobsTest {
    private static final Blob BLOB = Blob.of(new byte[] {1});
    private static final long LATER = BlobTopic.KEEP_UNUSED.toMillis() + 1;

    private final UnusedBlobs unused = new UnusedBlobs();

    private static BlobPlace put(long number) {
        return new BlobPlace(BLOB, number, 1, List.of(number), 0);
    }

    private static Map<String, BlobTopic.Listed> listed(BlobPlace place, long touched) {
        return Map.of(BLOB.hex(), new BlobTopic.Listed(place, touched, 0));
    }

    @Test
    void blobThatAnOpenJobNamesStays() {
        assertThat(unused.look(listed(put(1), 0), Set.of(BLOB), LATER)).isEmpty();
    }

    @Test
    void blobThatSomebodyAskedForLatelyStays() {
        assertThat(unused.look(listed(put(1), 1), Set.of(), LATER)).isEmpty();
    }

    @Test
    void unusedBlobGoesInTwoSteps() {
        assertThat(unused.look(listed(put(1), 0), Set.of(), LATER)).containsExactly(new Action.Unlist(put(1)));
        assertThat(unused.look(Map.of(), Set.of(), LATER)).containsExactly(new Action.Remove(put(1)));
        assertThat(unused.look(Map.of(), Set.of(), LATER)).isEmpty();
    }

    @Test
    void jobThatBecomesKnownInBetweenGetsItsBlobBack() {
        unused.look(listed(put(1), 0), Set.of(), LATER);
        assertThat(unused.look(Map.of(), Set.of(BLOB), LATER)).containsExactly(new Action.ListAgain(put(1)));
    }

    @Test
    void whatIsPutAnewLosesItsOldPiecesOnly() {
        unused.look(listed(put(1), 0), Set.of(), LATER);
        assertThat(unused.look(listed(put(2), LATER), Set.of(), LATER)).containsExactly(new Action.Remove(put(1)));
    }

    @Test
    void whatIsListedAgainByWhoeverAskedForItStays() {
        unused.look(listed(put(1), 0), Set.of(), LATER);
        assertThat(unused.look(listed(put(1), LATER), Set.of(), LATER)).isEmpty();
    }
}
