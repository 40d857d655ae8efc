package millrace.bench;

/// Holds arrays against each other that differ by rounding.
final class Near {
    private Near() {}

    /// @param tolerance by which numbers may differ, relative to the largest one that must be
    /// @throws WrongAnswer when two differ by more, or there are more of one than of the other
    static void check(String what, double[] are, double[] mustBe, double tolerance) throws WrongAnswer {
        if (are.length != mustBe.length) {
            throw new WrongAnswer("%s are %d numbers, must be %d".formatted(what, are.length, mustBe.length));
        }
        var largest = 0.0;
        for (var value : mustBe) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (var i = 0; i < are.length; i++) {
            // Not "greater": NaN is wrong.
            if (!(Math.abs(are[i] - mustBe[i]) <= tolerance * largest)) {
                throw new WrongAnswer("number %d of %s is %s, must be %s".formatted(i, what, are[i], mustBe[i]));
            }
        }
    }
}
