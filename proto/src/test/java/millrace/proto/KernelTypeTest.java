package millrace.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelTypeTest {
    @Described(name = "look", version = 1, summary = "Looks at files.", item = "a look")
    record Look(
            @Parameter(help = "what to look at") Blob at,

            @Parameter(help = "what through", optional = true)
            Blob through)
            implements Nothing {}

    @Test
    void blobsHaveOneText() {
        var type = KernelType.of(Look.class);
        var look = new Look(Blob.of(new byte[] {1, 2, 3}), Blob.EMPTY);
        var texts = type.parameters(look);
        assertThat(texts)
                .containsEntry("at", "sha256:039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81:3")
                .containsEntry("through", "");
        assertThat(type.parse(texts)).isEqualTo(look);
        assertThat(type.parse(Map.of("at", texts.get("at")))).isEqualTo(look);
        assertThat(type.parameters().getFirst().isBlob()).isTrue();
        assertThatThrownBy(() -> type.parse(Map.of("at", "photo.png")))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("--at is 'photo.png', allowed: a file");
        assertThatThrownBy(() -> type.parse(Map.of())).hasMessageContaining("needs --at");
        var text = look.at().toString();
        assertThat(Blob.isText(text)).isTrue();
        assertThat(Blob.isText(text.replace(":3", ":9999999999")))
                .as("more than a blob may have")
                .isFalse();
    }

    enum Kind {
        CALL,
        PUT_OR_CALL
    }

    interface Nothing extends Description {
        @Override
        default long items() {
            return 1;
        }

        @Override
        default Join join() {
            return new Join.Concatenation();
        }

        @Override
        default void write(OutputSource output, Ranges done, OutputStream out) {}
    }

    @Described(name = "sample", version = 3, summary = "Everything at once.", item = "a thing")
    record Sample(
            @Parameter(help = "the end", unit = "numbers", min = "2", max = "1e18")
            long upTo,

            @Parameter(help = "rounds", byDefault = "7", min = "-3", max = "100")
            int rounds,

            @Parameter(help = "width", byDefault = "0.3", min = "0.1", max = "0.3")
            double width,

            @Parameter(help = "whether", byDefault = "false")
            boolean really,

            @Parameter(help = "a note", optional = true) String note,
            @Parameter(help = "a title", byDefault = "none") String title,
            @Parameter(help = "what", byDefault = "call") Kind kind,
            @Parameter(help = "any", byDefault = "0") double any)
            implements Nothing {
        Sample {
            if (rounds > upTo) {
                throw new BadInput("--rounds is %d, allowed at most --up-to, %d".formatted(rounds, upTo));
            }
            if (note.equals("boom")) {
                throw new IllegalStateException("no such note");
            }
        }
    }

    private static final KernelType<Sample> SAMPLE = KernelType.of(Sample.class);

    static LongStream seeds() {
        return Seeds.seeds(100);
    }

    @Test
    void typeTellsWhatTheAnnotationsSay() {
        assertThat(SAMPLE).hasToString("sample@3");
        assertThat(SAMPLE.summary()).isEqualTo("Everything at once.");
        assertThat(SAMPLE.item()).isEqualTo("a thing");
        assertThat(SAMPLE.description()).isEqualTo(Sample.class);
        assertThat(SAMPLE.parameters().stream().map(ParameterType::name))
                .containsExactly("up-to", "rounds", "width", "really", "note", "title", "kind", "any");
        assertThat(SAMPLE.parameters().stream().map(ParameterType::allowed))
                .containsExactly(
                        "a whole number 2..1e18",
                        "a whole number -3..100",
                        "a number 0.1..0.3",
                        "true or false",
                        "any text",
                        "text that is not empty",
                        "call, put-or-call",
                        "a number");
        assertThat(SAMPLE.parameters().getFirst().unit()).isEqualTo("numbers");
        assertThat(SAMPLE.parameters().getFirst().byDefault()).isNull();
        assertThat(SAMPLE.parameters().get(4).byDefault()).isEmpty();
        assertThat(KernelType.of(sample(Map.of()))).isSameAs(SAMPLE);
    }

    @Test
    void whatIsNotGivenTakesItsDefault() {
        assertThat(SAMPLE.parse(Map.of("up-to", "10")))
                .isEqualTo(new Sample(10, 7, 0.3, false, "", "none", Kind.CALL, 0.0));
    }

    @ParameterizedTest
    @CsvSource({
        "1e9,1000000000",
        "1_000,1000",
        "1_000_000,1000000",
        "' 12 ',12",
        "+5e2,500",
        "1.5e1,15",
        "20.0,20",
        "1e18,1000000000000000000",
        "0.2e1,2"
    })
    void wholeNumberMayBeWrittenInManyWays(String text, long expected) {
        assertThat(sample(Map.of("up-to", text, "rounds", "0")).upTo()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "_",
                "1_",
                "_1",
                "1__0",
                "1.5",
                "1e-1",
                "1",
                "1e19",
                "-5",
                "x",
                "NaN",
                "0x10",
                "1 000",
                "1,000",
                "9223372036854775808",
                "1e999999999",
                "1e-999999999",
                "1e99999999999"
            })
    void otherTextIsNoWholeNumber(String text) {
        assertThatThrownBy(() -> sample(Map.of("up-to", text)))
                .isInstanceOf(BadInput.class)
                .hasMessage("--up-to is '" + text + "', allowed: a whole number 2..1e18");
    }

    @ParameterizedTest
    @ValueSource(strings = {"101", "-4", "2147483648", "4294967296"})
    void intStaysInItsRange(String text) {
        assertThatThrownBy(() -> sample(Map.of("rounds", text)))
                .isInstanceOf(BadInput.class)
                .hasMessage("--rounds is '" + text + "', allowed: a whole number -3..100");
    }

    @ParameterizedTest
    @CsvSource({"0.1,0.1", "0.3,0.3", "1e-1,0.1", "0.2_5,0.25", "' .15 ',0.15", "0.30000000000000001,0.3"})
    void numberIsReadAsPeopleMeanIt(String text, double expected) {
        assertThat(sample(Map.of("width", text)).width()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0.09999", "0.300001", "-0.2", "NaN", "Infinity", "0x1p-2", "0.2d", "0.2f", "1e400", "", "a", "-"
            })
    void otherTextIsNoNumber(String text) {
        assertThatThrownBy(() -> sample(Map.of("width", text)))
                .isInstanceOf(BadInput.class)
                .hasMessage("--width is '" + text + "', allowed: a number 0.1..0.3");
    }

    @Test
    void zeroHasNoSign() {
        assertThat(Double.doubleToRawLongBits(sample(Map.of("any", "-0.0")).any()))
                .isZero();
        var made = new Sample(10, 1, 0.2, true, "", "x", Kind.CALL, -0.0);
        assertThat(SAMPLE.parameters(made)).containsEntry("any", "0.0");
    }

    @ParameterizedTest
    @CsvSource({"true,true", "TRUE,true", "'',true", "false,false", "' False ',false"})
    void switchIsOnWhenNamed(String text, boolean expected) {
        assertThat(sample(Map.of("really", text)).really()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"call,CALL", "Put-Or-Call,PUT_OR_CALL"})
    void constantIsNamedInLowerCaseWithDashes(String text, Kind expected) {
        assertThat(sample(Map.of("kind", text)).kind()).isEqualTo(expected);
    }

    @Test
    void allProblemsAreListedAtOnce() {
        assertThatThrownBy(() -> SAMPLE.parse(new TreeMap<>(Map.of(
                        "colour", "red",
                        "kind", "swap",
                        "really", "maybe",
                        "title", "",
                        "rounds", "1e9"))))
                .isInstanceOfSatisfying(
                        BadInput.class,
                        bad -> assertThat(bad.problems())
                                .containsExactly(
                                        "kernel sample has no parameter --colour, allowed: "
                                                + "--up-to, --rounds, --width, --really, --note, --title, --kind, --any",
                                        "kernel sample needs --up-to (the end), allowed: a whole number 2..1e18",
                                        "--rounds is '1e9', allowed: a whole number -3..100",
                                        "--really is 'maybe', allowed: true or false",
                                        "--title is '', allowed: text that is not empty",
                                        "--kind is 'swap', allowed: call, put-or-call"));
    }

    @Test
    void parametersAreCheckedTogether() {
        assertThatThrownBy(() -> SAMPLE.parse(Map.of("up-to", "5")))
                .isInstanceOf(BadInput.class)
                .hasMessage("--rounds is 7, allowed at most --up-to, 5");
        assertThatThrownBy(() -> sample(Map.of("note", "boom")))
                .isInstanceOf(BadInput.class)
                .hasMessage("parameters of kernel sample are refused: no such note");
    }

    @Test
    void hostileTextIsMadeSafeToShow() {
        assertThatThrownBy(() -> sample(Map.of("kind", "\u001b[2J" + "x".repeat(1_000_000))))
                .isInstanceOf(BadInput.class)
                .hasMessageStartingWith("--kind is ' [2Jxxx")
                .hasMessageEndingWith("xxx…', allowed: call, put-or-call");
        assertThatThrownBy(() -> sample(Map.of("any", "9".repeat(1_000_000))))
                .isInstanceOf(BadInput.class)
                .hasMessageEndingWith("…', allowed: a number");
        assertThatThrownBy(() -> sample(Map.of("a\nb", "1"))).hasMessageContaining("no parameter --a b, allowed");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void parametersAreReadBackAsAnEqualDescription(long seed) {
        var random = Seeds.random(seed);
        var made = new Sample(
                random.nextLong(100, 1_000_000_000_000_000_001L),
                random.nextInt(-3, 101),
                random.nextDouble(0.1, 0.3),
                random.nextBoolean(),
                random.nextBoolean() ? "" : " a 🚀\n",
                "t" + seed,
                Kind.values()[random.nextInt(2)],
                Math.scalb(random.nextGaussian(), random.nextInt(-1070, 1000)));
        var texts = SAMPLE.parameters(made);
        assertThat(SAMPLE.parse(texts)).isEqualTo(made);
        assertThat(SAMPLE.parameters(SAMPLE.parse(texts))).isEqualTo(texts);
        assertThat(texts).hasSize(8);
    }

    @Test
    void textsOfOneValueBecomeOneText() {
        var one = SAMPLE.parameters(sample(Map.of("up-to", "1e9", "width", "0.10", "kind", "CALL", "really", "")));
        var other = SAMPLE.parameters(sample(Map.of("up-to", "1_000_000_000", "width", "1E-1", "really", "True")));
        assertThat(one)
                .isEqualTo(other)
                .containsEntry("up-to", "1000000000")
                .containsEntry("width", "0.1")
                .containsEntry("really", "true")
                .containsEntry("note", "");
    }

    @Test
    void codeCannotAskForWhatTextCannot() {
        var made = new Sample(1, -2, 0.9, false, "", "x", Kind.CALL, Double.NaN);
        assertThatThrownBy(() -> SAMPLE.parameters(made))
                .isInstanceOfSatisfying(
                        BadInput.class,
                        bad -> assertThat(bad.problems())
                                .containsExactly(
                                        "--up-to is '1', allowed: a whole number 2..1e18",
                                        "--width is '0.9', allowed: a number 0.1..0.3",
                                        "--any is 'NaN', allowed: a number"));
    }

    record Undescribed(@Parameter(help = "x") long x) implements Nothing {}

    @Described(name = "Bad Name", version = 1, summary = "", item = "")
    record BadName() implements Nothing {}

    @Described(name = "bad", version = 0, summary = "", item = "")
    record BadVersion() implements Nothing {}

    @Described(name = "bad", version = 1, summary = "", item = "")
    record Unannotated(long x) implements Nothing {}

    @Described(name = "bad", version = 1, summary = "", item = "")
    record BadType(@Parameter(help = "x") float x) implements Nothing {}

    @Described(name = "bad", version = 1, summary = "", item = "")
    record BadObject(@Parameter(help = "x") List<String> x) implements Nothing {}

    @Described(name = "bad", version = 1, summary = "", item = "")
    record BadDefault(
            @Parameter(help = "x", byDefault = "5", max = "4")
            int x) implements Nothing {}

    @Described(name = "bad", version = 1, summary = "", item = "")
    record BadBound(@Parameter(help = "x", min = "few") int x) implements Nothing {}

    @Described(name = "bad", version = 1, summary = "", item = "")
    record BadOptional(
            @Parameter(help = "x", optional = true) int x) implements Nothing {}

    @Test
    void wrongDeclarationIsFoundWhenTheTypeIsMade() {
        var messages = new HashMap<Class<? extends Description>, String>();
        messages.put(Undescribed.class, Undescribed.class.getName() + " is not a record with @Described");
        messages.put(BadName.class, "kernel name is 'Bad Name', allowed: a letter, then letters");
        messages.put(BadVersion.class, "version of kernel bad is 0, allowed 1 and up");
        messages.put(Unannotated.class, "component x of " + Unannotated.class.getName() + " has no @Parameter");
        messages.put(
                BadType.class, "parameter x has type float, allowed: long, int, double, boolean, String, Blob, enum");
        messages.put(BadObject.class, "parameter x has type java.util.List, allowed");
        messages.put(BadDefault.class, "parameter x is declared wrongly: --x is '5', allowed: a whole number ..4");
        messages.put(BadBound.class, "parameter x is declared wrongly: ");
        messages.put(BadOptional.class, "parameter x is optional, only a String or a Blob may be");
        messages.forEach((type, message) -> assertThatThrownBy(() -> KernelType.of(type))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message));
    }

    private static Sample sample(Map<String, String> texts) {
        var all = new TreeMap<>(Map.of("up-to", "1000"));
        all.putAll(texts);
        return SAMPLE.parse(all);
    }
}
