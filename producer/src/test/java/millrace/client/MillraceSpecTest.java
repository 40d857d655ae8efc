package millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import millrace.proto.BadInput;
import millrace.proto.Description;
import org.junit.jupiter.api.Test;

class MillraceSpecTest {
    @Test
    void sameJobUnderTheSameIdHasTheSameDigest() {
        var options = JobOptions.DEFAULT.withLabel("b", "2").withLabel("a", "1");
        var sameOptions = JobOptions.DEFAULT.withLabel("a", "1").withLabel("b", "2");

        assertThat(Millrace.spec(new Samples.Count(9), options, "id", 4).digest())
                .isEqualTo(Millrace.spec(new Samples.Count(9), sameOptions, "id", 4)
                        .digest());
    }

    @Test
    void wholeJobIsWantedUnlessItemsAreNamed() {
        assertThat(Samples.spec("id", 9).end()).isEqualTo(9);

        var part = Millrace.spec(new Samples.Count(9), JobOptions.DEFAULT.withItems(3, 4), "id", 4);
        assertThat(part.first()).isEqualTo(3);
        assertThat(part.end()).isEqualTo(4);
    }

    @Test
    void itemsBeyondTheJobAreRefusedWithWhatItHas() {
        var options = JobOptions.DEFAULT.withItems(3, 10);

        assertThatThrownBy(() -> Millrace.spec(new Samples.Count(9), options, "id", 4))
                .isInstanceOf(BadInput.class)
                .hasMessage("items are 3..10, allowed within 0..9, the items of this count job");
    }

    @Test
    void itemsThatRunBackwardsAreRefused() {
        assertThatThrownBy(() -> JobOptions.DEFAULT.withItems(5, 4))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("items are 5..4");
    }

    @Test
    void moreItemsThanADoubleCountsAreRefused() {
        assertThatThrownBy(() -> Samples.spec("id", Description.ITEMS_MAX + 1))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("allowed 0..2^53");
    }

    @Test
    void idThatIsNoneIsRefused() {
        assertThatThrownBy(() -> Samples.spec("no spaces", 1))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("job id is 'no spaces', allowed: a letter or digit");
    }
}
