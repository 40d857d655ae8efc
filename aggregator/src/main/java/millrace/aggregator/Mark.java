package millrace.aggregator;

/// A place in `results`.
///
/// @param offset      of the first result that is behind it
/// @param bytesBefore bytes of values that were read before it
record Mark(long offset, long bytesBefore) {
    /// Behind everything: no result has to be read again.
    static final Mark NONE = new Mark(Long.MAX_VALUE, Long.MAX_VALUE);

    Mark earlier(Mark other) {
        return other.offset < offset ? other : this;
    }
}
