package millrace.producer;

/// What live workers can do at once.
///
/// @param cores computing threads
/// @param holds records that their lanes may hold together
record Capacity(long cores, long holds) {
    static final Capacity NONE = new Capacity(0, 0);

    Capacity plus(long cores, long holds) {
        return new Capacity(this.cores + cores, this.holds + holds);
    }
}
