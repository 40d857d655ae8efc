package millrace.proto;

import static millrace.proto.Check.require;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// What the next owner of a partition needs to go on with a job: what the pieces of a [Snapshot] make up.
///
/// @param covered results of the job below this offset are in
/// @param done    items in the value
/// @param dead    items given up, disjoint from `done`
/// @param causes  every failed attempt of ranges that are not done, by range, oldest first
/// @param again   ranges whose latest answer was no value
/// @param recent  values counted lately, oldest first
/// @param tally   what the results were and cost
/// @param value   the join's state
public record JobState(
        long covered,
        Ranges done,
        Ranges dead,
        List<DeadLetter.Cause> causes,
        List<Progress.Again> again,
        List<Recent> recent,
        Tally tally,
        ByteString value) {
    public JobState {
        require(covered >= 0, "state covers results below %d", covered);
        causes = List.copyOf(causes);
        again = List.copyOf(again);
        recent = List.copyOf(recent);
    }

    /// A value counted lately, by its digest: another value of the same range is told from a copy.
    public record Recent(long first, long end, long digest) {
        public Recent {
            require(0 <= first && first < end && end <= Description.ITEMS_MAX, "recent has [%d, %d)", first, end);
        }
    }

    /// Reads what [#bytes] wrote.
    ///
    /// @throws IllegalArgumentException when the bytes are no state
    public static JobState parse(ByteString bytes) {
        millrace.v1.JobState message;
        try {
            message = millrace.v1.JobState.parseFrom(input(bytes));
        } catch (IOException e) {
            throw new IllegalArgumentException("the state is not protobuf", e);
        }
        require(
                message.getRecentRangesCount() == 2 * message.getRecentDigestsCount(),
                "state has %d digests for %d numbers of ranges",
                message.getRecentDigestsCount(),
                message.getRecentRangesCount());
        var recent = new ArrayList<Recent>(message.getRecentDigestsCount());
        for (var i = 0; i < message.getRecentDigestsCount(); i++) {
            var first = message.getRecentRanges(2 * i);
            recent.add(new Recent(first, first + message.getRecentRanges(2 * i + 1), message.getRecentDigests(i)));
        }
        return new JobState(
                message.getCovered(),
                Ranges.decode(message.getDoneList(), 0, Description.ITEMS_MAX),
                Ranges.decode(message.getDeadList(), 0, Description.ITEMS_MAX),
                message.getCausesList().stream().map(EndingWire::cause).toList(),
                message.getAgainList().stream().map(ProgressWire::read).toList(),
                recent,
                Tally.of(message.getTally()),
                message.getValue());
    }

    // The value may be large: it stays a slice of the bytes.
    private static CodedInputStream input(ByteString bytes) {
        var input = bytes.newCodedInput();
        input.enableAliasing(true);
        return input;
    }

    public ByteString bytes() {
        var message = millrace.v1.JobState.newBuilder()
                .setCovered(covered)
                .addAllDone(done.encode(0))
                .addAllDead(dead.encode(0))
                .setTally(tally.message());
        causes.forEach(cause -> message.addCauses(EndingWire.causeMessage(cause)));
        again.forEach(range -> message.addAgain(ProgressWire.write(range)));
        recent.forEach(value -> message.addRecentRanges(value.first())
                .addRecentRanges(value.end() - value.first())
                .addRecentDigests(value.digest()));
        return message.build().toByteString().concat(valueField());
    }

    // The value may be large: it is put behind the message's other fields as it is. Fields come in any order.
    private ByteString valueField() {
        var header = ByteString.newOutput(16);
        var out = CodedOutputStream.newInstance(header);
        try {
            out.writeTag(millrace.v1.JobState.VALUE_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(value.size());
            out.flush();
        } catch (IOException e) {
            throw new AssertionError("memory is written without I/O", e);
        }
        return header.toByteString().concat(value);
    }
}
