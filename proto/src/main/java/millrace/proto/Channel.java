package millrace.proto;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One topic of a fleet and what it carries: turns checked records into the bytes of Kafka records and back. Any
/// thread.
///
/// @param <T> the checked record
public final class Channel<T> {
    /// Reads a body; throws `IllegalArgumentException` when a number in it is out of range.
    interface Reader<T> {
        T read(ByteString body) throws InvalidProtocolBufferException;
    }

    private final String topic;
    private final Seal seal;
    private final Function<T, String> key;
    private final Function<T, MessageLite> writer;
    private final Reader<T> reader;

    Channel(String topic, Function<T, String> key, Function<T, MessageLite> writer, Reader<T> reader) {
        this.topic = topic;
        this.seal = new Seal(topic);
        this.key = key;
        this.writer = writer;
        this.reader = reader;
    }

    /// The topic's full name, with the fleet as its prefix.
    public String topic() {
        return topic;
    }

    /// The key of the record's Kafka record, or null when the topic has no keys.
    public byte @Nullable [] key(T record) {
        var text = key.apply(record);
        return text.isEmpty() ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    /// The value of the record's Kafka record.
    ///
    /// @throws IllegalArgumentException when it is larger than a record may be
    public byte[] value(T record) {
        var value = seal.close(key.apply(record), writer.apply(record));
        Check.require(
                value.length <= Seal.VALUE_MAX,
                "a record for %s has %d bytes, allowed %d",
                topic,
                value.length,
                Seal.VALUE_MAX);
        return value;
    }

    /// The checked record of a Kafka record.
    ///
    /// @throws ForeignRecord when it is broken or none of ours
    public T read(byte @Nullable [] key, byte @Nullable [] value) throws ForeignRecord {
        var text = key == null ? "" : new String(key, StandardCharsets.UTF_8);
        var body = seal.open(text, value);
        T record;
        try {
            record = reader.read(body);
        } catch (InvalidProtocolBufferException e) {
            throw new ForeignRecord(ForeignRecord.Reason.BODY, "not protobuf");
        } catch (IllegalArgumentException e) {
            throw new ForeignRecord(ForeignRecord.Reason.BODY, String.valueOf(e.getMessage()));
        }
        if (!this.key.apply(record).equals(text)) {
            throw new ForeignRecord(
                    ForeignRecord.Reason.KEY, "key '" + text + "', its body asks for '" + this.key.apply(record) + "'");
        }
        return record;
    }
}
