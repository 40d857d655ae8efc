package millrace.proto;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import millrace.v1.Sealed;
import org.apache.commons.codec.digest.MurmurHash3;
import org.jspecify.annotations.Nullable;

/// Wraps a topic's bodies so that a record that was changed, or was written for another topic, fleet or key, is told
/// from ours. It guards against accidents, not against forgers: that is what Kafka's authentication is for.
///
/// The seal is MurmurHash3 (x64, 128 bits) over the body, seeded with the CRC-32C of version, topic and key.
/// Any thread.
final class Seal {
    /// The version of the record format that this release reads and writes.
    static final int VERSION = 1;

    /// The largest value of a record, bytes: a little below what Kafka takes by default.
    static final int VALUE_MAX = 1_000_000;

    private static final int SEAL_BYTES = 16;

    /// Stands where the seal comes when the body is there.
    private static final byte[] NO_SEAL = new byte[SEAL_BYTES];

    private final byte[] topic;

    Seal(String topic) {
        this.topic = topic.getBytes(StandardCharsets.UTF_8);
    }

    /// The bytes of a [Sealed] with the body, which is written once, where it stays: pieces of values are large.
    byte[] close(String key, MessageLite body) {
        var size = body.getSerializedSize();
        var value = new byte
                [CodedOutputStream.computeUInt32Size(Sealed.VERSION_FIELD_NUMBER, VERSION)
                        + CodedOutputStream.computeByteArraySize(Sealed.SEAL_FIELD_NUMBER, NO_SEAL)
                        + CodedOutputStream.computeMessageSize(Sealed.BODY_FIELD_NUMBER, body)];
        var out = CodedOutputStream.newInstance(value);
        try {
            out.writeUInt32(Sealed.VERSION_FIELD_NUMBER, VERSION);
            out.writeByteArray(Sealed.SEAL_FIELD_NUMBER, NO_SEAL);
            var sealEnd = out.getTotalBytesWritten();
            out.writeMessage(Sealed.BODY_FIELD_NUMBER, body);
            out.checkNoSpaceLeft();
            var seal = MurmurHash3.hash128x64(value, value.length - size, size, seed(key));
            put(seal, ByteBuffer.wrap(value, sealEnd - SEAL_BYTES, SEAL_BYTES));
        } catch (IOException e) {
            throw new AssertionError("memory is written without I/O", e);
        }
        return value;
    }

    ByteString open(String key, byte @Nullable [] value) throws ForeignRecord {
        if (value == null || value.length == 0) {
            throw new ForeignRecord(ForeignRecord.Reason.EMPTY, "no value");
        }
        if (value.length > VALUE_MAX) {
            throw new ForeignRecord(ForeignRecord.Reason.TOO_LARGE, value.length + " bytes, allowed " + VALUE_MAX);
        }
        Sealed sealed;
        try {
            sealed = Sealed.parseFrom(input(value));
        } catch (InvalidProtocolBufferException e) {
            throw new ForeignRecord(ForeignRecord.Reason.NOT_SEALED, "not protobuf");
        } catch (IOException e) {
            throw new AssertionError("an array is read without I/O", e);
        }
        if (sealed.getSeal().size() != SEAL_BYTES) {
            throw new ForeignRecord(
                    ForeignRecord.Reason.NOT_SEALED,
                    "seal has " + sealed.getSeal().size() + " bytes");
        }
        if (sealed.getVersion() != VERSION) {
            throw new ForeignRecord(
                    ForeignRecord.Reason.VERSION,
                    "version " + Integer.toUnsignedString(sealed.getVersion()) + ", allowed " + VERSION);
        }
        if (!sealOf(key, sealed.getBody()).equals(sealed.getSeal())) {
            throw new ForeignRecord(ForeignRecord.Reason.SEAL, "the seal does not fit topic, key and body");
        }
        return sealed.getBody();
    }

    // Slices of the value instead of copies: a result's value is copied once less on its way.
    private static CodedInputStream input(byte[] value) {
        var input = UnsafeByteOperations.unsafeWrap(value).newCodedInput();
        input.enableAliasing(true);
        return input;
    }

    private ByteString sealOf(String key, ByteString body) {
        return ByteString.copyFrom(
                put(hash(body, seed(key)), ByteBuffer.allocate(SEAL_BYTES)).flip());
    }

    private int seed(String key) {
        var crc = new CRC32C();
        crc.update(VERSION);
        crc.update(topic);
        crc.update(0);
        crc.update(key.getBytes(StandardCharsets.UTF_8));
        return (int) crc.getValue();
    }

    private static ByteBuffer put(long[] hash, ByteBuffer seal) {
        return seal.putLong(hash[0]).putLong(hash[1]);
    }

    private static long[] hash(ByteString body, int seed) {
        var hash = new Hash(seed, body.size());
        try {
            UnsafeByteOperations.unsafeWriteTo(body, hash);
        } catch (IOException e) {
            throw new AssertionError("memory is read without I/O", e);
        }
        return hash.value == null ? hash(UnsafeByteOperations.unsafeWrap(body.toByteArray()), seed) : hash.value;
    }

    /// Hashes bytes where they are, when they are in one piece: else a large body would be copied for it.
    private static final class Hash extends ByteOutput {
        private final int seed;
        private final int size;
        private long @Nullable [] value;

        Hash(int seed, int size) {
            this.seed = seed;
            this.size = size;
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            if (length == size) {
                value = MurmurHash3.hash128x64(bytes, from, length, seed);
            }
        }

        @Override
        public void writeLazy(byte[] bytes, int from, int length) {
            write(bytes, from, length);
        }

        @Override
        public void write(byte one) {
            write(new byte[] {one}, 0, 1);
        }

        @Override
        public void write(ByteBuffer bytes) {
            // Not in an array: the body is copied.
        }

        @Override
        public void writeLazy(ByteBuffer bytes) {
            write(bytes);
        }
    }
}
