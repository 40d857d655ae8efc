package millrace.tests.sim;

/// How long records and answers take.
final class Network {
    private final Agenda agenda;
    private final Chance chance;
    private final FaultCount hits;
    private final double usualMillis;
    private double lostAnswers;
    private double slow = 1;

    Network(Agenda agenda, Chance chance, FaultCount hits) {
        this.agenda = agenda;
        this.chance = chance;
        this.hits = hits;
        usualMillis = chance.spread(0.3, 10);
    }

    void loseAnswers(double probability) {
        lostAnswers = probability;
    }

    void slowDown(double factor) {
        slow = factor;
    }

    long delay() {
        return chance.millis(0.2, 2 * usualMillis * slow);
    }

    /// What is added when the first answer is lost; 0 when it is not.
    long lostAnswer() {
        if (lostAnswers > 0 && chance.in(lostAnswers)) {
            hits.hit(Fault.LOST_ANSWER);
            return chance.millis(100, chance.spread(200, 20_000));
        }
        return 0;
    }

    long now() {
        return agenda.now();
    }
}
