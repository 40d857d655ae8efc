package millrace.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final ChaosForm FORM = new ChaosForm(
            "test",
            2,
            new ChaosForm.Faults(Duration.ofMinutes(4), 31, 3, 1, 6, 3, 10),
            new ChaosForm.Load(1, 100, 1),
            Duration.ofMinutes(1),
            new ChaosForm.Wanted(0, 0, 0, 0, 0));

    @Test
    void sameSeedGivesTheSameFaults() {
        assertThat(Schedule.of(FORM, 7, 1)).isEqualTo(Schedule.of(FORM, 7, 1)).isNotEqualTo(Schedule.of(FORM, 8, 1));
        assertThat(Schedule.of(FORM, 7, 1).plan())
                .isNotEqualTo(Schedule.of(FORM, 7, 0).plan());
    }

    @Test
    void roundHasAsManyFaultsOfEachKindAsTheFormSays() {
        var plan = Schedule.of(FORM, 7, 0).plan();
        assertThat(plan).hasSize(31 + 3 + 1 + 6 + 3 + 10);
        assertThat(plan).filteredOn(one -> one.fault() instanceof Fault.Kill).hasSize(31);
        assertThat(plan)
                .filteredOn(one -> one.fault() instanceof Fault.KillBroker)
                .hasSize(3);
        assertThat(plan).filteredOn(one -> one.fault() instanceof Fault.Freeze).hasSize(6);
    }

    @Test
    void processThatIsDownIsLeftAlone() {
        for (var seed = 0; seed < 100; seed++) {
            var down = new HashMap<Post, Long>();
            for (var planned : Schedule.of(FORM, seed, 0).plan()) {
                var post = post(planned.fault());
                if (post != null) {
                    assertThat(planned.atMillis())
                            .as("%s of seed %d", planned, seed)
                            .isGreaterThanOrEqualTo(down.getOrDefault(post, 0L));
                    down.put(post, planned.atMillis() + planned.fault().millis());
                }
            }
        }
    }

    private static @Nullable Post post(Fault fault) {
        return switch (fault) {
            case Fault.Kill kill -> kill.post();
            case Fault.Terminate terminate -> terminate.post();
            case Fault.Freeze freeze -> freeze.post();
            case Fault.KillBroker _, Fault.FreezeBroker _, Fault.Delay _, Fault.Hold _, Fault.Cut _ -> null;
        };
    }
}
