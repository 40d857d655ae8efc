package millrace.tests.model;

import org.jspecify.annotations.Nullable;

/// Key and value of a record before it has an offset. The arrays are not copied.
public final class Payload {
    private final byte @Nullable [] key;
    private final byte @Nullable [] value;

    public Payload(byte @Nullable [] key, byte @Nullable [] value) {
        this.key = key;
        this.value = value;
    }

    byte @Nullable [] key() {
        return key;
    }

    byte @Nullable [] value() {
        return value;
    }
}
