package millrace.aggregator.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import millrace.proto.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BodyTest {
    private static Operations.Order order(String json) {
        return Operations.Order.of(json.getBytes(UTF_8));
    }

    @Test
    void whatIsMissingHasItsDefault() {
        assertThat(order("{'action': 'cancel'}".replace('\'', '"')))
                .isEqualTo(
                        new Operations.Order(new Operations.Wanted(Action.CANCEL, JobFilter.ALL, "", 0, 50), true, -1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'a, b'     | a b",
                "['a', 'b'] | a b",
                "['a']      | a",
                "''         | ``",
            })
    void wordsAreATextOrAnArray(String given, String words) {
        var json = "{'action': 'cancel', 'filter': {'ids': %s, 'states': %s}}".formatted(given, given);
        var expected = words.isEmpty() ? Set.<String>of() : Set.of(words.split(" "));
        assertThat(order(json.replace('\'', '"')).wanted().filter())
                .isEqualTo(new JobFilter(expected, "", "", expected));
    }

    /// A filter that could not be understood matched every job.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'filter': {'ids': 5}              | filter.ids is 5, allowed: words with commas between them",
                "'filter': {'ids': []}             | filter.ids is [], allowed: words with commas between them",
                "'filter': {'ids': ['a', 5]}       | filter.ids is [\"a\",5], allowed: words with commas",
                "'filter': {'ids': ','}            | filter.ids is \",\", allowed: words with commas between them",
                "'filter': {'ids': null}           | filter.ids is null, allowed: words with commas between them",
                "'filter': {'states': {}}          | filter.states is {}, allowed: words with commas between them",
                "'filter': {'kernel': ['primes']}  | filter.kernel is [\"primes\"], allowed: a text",
                "'filter': {'text': 1}             | filter.text is 1, allowed: a text",
                "'filter': {'id': 'a'}             | field filter.id is not known, allowed: filter.ids, filter.states",
                "'filter': 'a'                     | filter is \"a\", allowed: an object of ids, states, kernel, text",
                "'filter': null                    | filter is null, allowed: an object of ids, states, kernel, text",
                "'filters': {}                     | field filters is not known, allowed: action, filter, reason,",
                "'priority': 'abc'                 | priority is \"abc\", allowed: a whole number -10..10",
                "'priority': 99999999999           | priority is 99999999999, allowed: a whole number -10..10",
                "'priority': 3.7                   | priority is 3.7, allowed: a whole number -10..10",
                "'dryRun': 'maybe'                 | dryRun is \"maybe\", allowed: true or false",
                "'rate': 'fast'                    | rate is \"fast\", allowed: a number",
                "'rate': -1                        | rate is -1.0, allowed: above 0, up to 1000 jobs a second",
                "'reason': 7                       | reason is 7, allowed: a text",
                "'expected': '3'                   | expected is \"3\", allowed: a whole number 0..2147483647",
            })
    void whatIsNotUnderstoodIsRefusedByItsName(String field, String message) {
        var json = ("{'action': 'cancel', " + field + "}").replace('\'', '"');
        assertThatThrownBy(() -> order(json)).isInstanceOf(BadInput.class).hasMessageStartingWith(message);
    }

    @Test
    void bodyIsAnObject() {
        assertThatThrownBy(() -> order("[]"))
                .isInstanceOf(BadInput.class)
                .hasMessageStartingWith("the body is [], allowed: an object of action, filter");
        assertThatThrownBy(() -> order(""))
                .isInstanceOf(BadInput.class)
                .hasMessageStartingWith("the body is empty, allowed: an object of action, filter");
    }

    @Test
    void parametersAreTextsOrWhatHasOne() {
        var body = Body.read(
                "{\"parameters\": {\"from\": \"1_000\", \"to\": 2000, \"even\": true}}".getBytes(UTF_8), "parameters");
        assertThat(body.texts("parameters"))
                .containsOnly(Map.entry("from", "1_000"), Map.entry("to", "2000"), Map.entry("even", "true"));
        var wrong = Body.read("{\"parameters\": {\"to\": [5]}}".getBytes(UTF_8), "parameters");
        assertThatThrownBy(() -> wrong.texts("parameters"))
                .isInstanceOf(BadInput.class)
                .hasMessage("parameters.to is [5], allowed: a text, a number, true or false");
    }
}
