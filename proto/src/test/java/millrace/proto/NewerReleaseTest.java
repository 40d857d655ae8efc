package millrace.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnknownFieldSet;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import millrace.v1.Sealed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Records of a newer release, whose messages have fields that this one does not know: what old and new processes of a
/// fleet read of each other while it is upgraded. [WireFormatTest] holds that no release changes more than that.
class NewerReleaseTest {
    private static final Wire WIRE = new Wire("mill");
    private static final int NEW_FIELD = 12_345;

    static Stream<ChannelTest.Case<?>> cases() {
        var blob = Blob.of("bytes".getBytes(StandardCharsets.UTF_8));
        return Stream.concat(
                ChannelTest.cases().stream(),
                Stream.of(
                        new ChannelTest.Case<BlobRecord>(
                                WIRE.blobs(), new BlobPiece(blob, 7, 0, ByteString.copyFromUtf8("bytes"))),
                        new ChannelTest.Case<BlobRecord>(WIRE.blobs(), new BlobPlace(blob, 7, 1, List.of(4L), 1000))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    <T> void fieldsThatAreNotKnownAreIgnored(ChannelTest.Case<T> sample) throws Exception {
        var older = Sealed.parseFrom(sample.value());
        var body = grown(message(sample.record()).getParserForType().parseFrom(older.getBody()));
        assertThat(body.toByteString().size()).isGreaterThan(older.getBody().size());
        var newer = (Sealed) grown(Sealed.parseFrom(sealed(sample, body)));
        assertThat(sample.channel().read(sample.key(), newer.toByteArray())).isEqualTo(sample.record());
    }

    @Test
    void specOfANewerClientKeepsItsBytesAndItsDigest() throws Exception {
        var message = (millrace.v1.JobSpec) grown(millrace.v1.JobSpec.parseFrom(Samples.SPEC.bytes()));
        var computation = grown(millrace.v1.Computation.parseFrom(message.getComputation()));
        var bytes = message.toBuilder()
                .setComputation(computation.toByteString())
                .build()
                .toByteString();

        var spec = JobSpec.parse(bytes);
        var order = new JobOrder.Submit(spec);
        var read = (JobOrder.Submit)
                WIRE.jobs().read(WIRE.jobs().key(order), WIRE.jobs().value(order));

        assertThat(read.spec().bytes()).isEqualTo(bytes);
        assertThat(read.spec().digest()).isEqualTo(SpecDigest.over(bytes)).isNotEqualTo(Samples.SPEC.digest());
        assertThat(read.spec().computationBytes())
                .as("what tasks carry to a worker that may know the new field")
                .isEqualTo(computation.toByteString());
        assertThat(read.spec().computation().items())
                .isEqualTo(Samples.SPEC.computation().items());
    }

    @Test
    void stateOfAJobThatANewerReleaseHasKeptIsTakenUp() throws Exception {
        var state = new JobState(
                77,
                Ranges.of(10, 20),
                Ranges.of(50, 51),
                Samples.deadLetter().causes(),
                Samples.progress().again(),
                List.of(new JobState.Recent(10, 20, 99)),
                Samples.tally(),
                ByteString.copyFromUtf8("value"));
        var newer = grown(millrace.v1.JobState.parseFrom(state.bytes()));
        assertThat(JobState.parse(newer.toByteString())).isEqualTo(state);
    }

    @Test
    void answerOfAnUnknownKindIsForeignAndNotTakenForAnother() throws Exception {
        var sample = new ChannelTest.Case<>(WIRE.results(), Samples.failed());
        var body = Sealed.parseFrom(sample.value()).getBody();
        var result = millrace.v1.Result.parseFrom(body).toBuilder();
        result.getFailedBuilder().setKindValue(99);
        assertThatThrownBy(() -> WIRE.results().read(sample.key(), sealed(sample, result.build())))
                .isInstanceOf(ForeignRecord.class)
                .hasMessageContaining("unknown to this release");
    }

    private static byte[] sealed(ChannelTest.Case<?> sample, MessageLite body) {
        var key = sample.key();
        return new Seal(sample.channel().topic())
                .close(key == null ? "" : new String(key, StandardCharsets.UTF_8), body);
    }

    /// The message with a number and a text more, and so each message within it.
    private static Message grown(Message message) {
        var grown = message.toBuilder();
        message.getAllFields().forEach((field, value) -> {
            if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && field.isRepeated()) {
                for (var i = 0; i < message.getRepeatedFieldCount(field); i++) {
                    grown.setRepeatedField(field, i, grown((Message) message.getRepeatedField(field, i)));
                }
            } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                grown.setField(field, grown((Message) value));
            }
        });
        var more = UnknownFieldSet.newBuilder()
                .addField(
                        NEW_FIELD,
                        UnknownFieldSet.Field.newBuilder().addVarint(7).build())
                .addField(
                        NEW_FIELD + 1,
                        UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(ByteString.copyFromUtf8("new"))
                                .build());
        return grown.setUnknownFields(more.build()).build();
    }

    /// The kind of message that carries it.
    private static Message message(Object record) {
        return switch (record) {
            case JobOrder _ -> millrace.v1.JobOrder.getDefaultInstance();
            case Task _ -> millrace.v1.Task.getDefaultInstance();
            case Result _ -> millrace.v1.Result.getDefaultInstance();
            case Progress _ -> millrace.v1.Progress.getDefaultInstance();
            case OutputPiece _ -> millrace.v1.OutputPiece.getDefaultInstance();
            case Ending _ -> millrace.v1.Ending.getDefaultInstance();
            case Snapshot _ -> millrace.v1.Snapshot.getDefaultInstance();
            case DeadLetter _ -> millrace.v1.DeadLetter.getDefaultInstance();
            case BlobRecord _ -> millrace.v1.BlobRecord.getDefaultInstance();
            case Heartbeat _ -> millrace.v1.Heartbeat.getDefaultInstance();
            default -> throw new IllegalArgumentException("no topic carries " + record);
        };
    }
}
