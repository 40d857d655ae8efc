package millrace.tests.conformance;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import millrace.tests.conformance.GroupAnswer.Joined;
import millrace.tests.conformance.GroupAnswer.Synced;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupResponse;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetCommitResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.apache.kafka.common.requests.SyncGroupResponse;
import org.jspecify.annotations.Nullable;

/// A connection from which one member of a classic group speaks at a time, request by request.
final class WireGroupMember {
    private static final String PROTOCOL_TYPE = "consumer";
    private static final String PROTOCOL = "script";

    private final Wire wire;
    private final String group;
    private @Nullable RequestHeader joining;
    private @Nullable RequestHeader syncing;
    private String joiningAs = "";

    WireGroupMember(String bootstrap, String group) {
        this.wire = new Wire(bootstrap);
        this.group = group;
    }

    /// Asks to join without waiting for the answer.
    void startJoin(@Nullable String member, int revision) {
        JoinGroupRequestData request = new JoinGroupRequestData()
                .setGroupId(group)
                .setSessionTimeoutMs(Math.toIntExact(Script.UNIT.toMillis()))
                .setRebalanceTimeoutMs(Math.toIntExact(Script.rebalanceTimeout().toMillis()))
                .setProtocolType(PROTOCOL_TYPE)
                .setProtocols(new JoinGroupRequestProtocolCollection(List.of(new JoinGroupRequestProtocol()
                                .setName(PROTOCOL)
                                .setMetadata(bytes(Integer.toString(revision))))
                        .iterator()));
        joiningAs = member == null ? newId(request) : member;
        joining = wire.send(new JoinGroupRequest.Builder(request.setMemberId(joiningAs)));
    }

    /// A new member is first told its id, and joins with that.
    private String newId(JoinGroupRequestData request) {
        while (true) {
            JoinGroupResponseData answer = wire.call(
                            new JoinGroupRequest.Builder(request.setMemberId("")), JoinGroupResponse.class)
                    .data();
            Errors error = Errors.forCode(answer.errorCode());
            if (error == Errors.MEMBER_ID_REQUIRED) {
                return answer.memberId();
            }
            if (!Wire.coordinatorIsStarting(error)) {
                throw new IllegalStateException("a new member got " + error);
            }
        }
    }

    /// Asks for the assignment without waiting for the answer.
    void startSync(String member, int generation, Map<String, String> assignments) {
        List<SyncGroupRequestAssignment> given = new ArrayList<>();
        assignments.forEach((other, assignment) ->
                given.add(new SyncGroupRequestAssignment().setMemberId(other).setAssignment(bytes(assignment))));
        syncing = wire.send(new SyncGroupRequest.Builder(new SyncGroupRequestData()
                .setGroupId(group)
                .setGenerationId(generation)
                .setMemberId(member)
                .setProtocolType(PROTOCOL_TYPE)
                .setProtocolName(PROTOCOL)
                .setAssignments(given)));
    }

    /// The answer to what was started last, if it has come.
    @Nullable
    GroupAnswer answer() {
        if (!wire.hasAnswer()) {
            return null;
        }
        RequestHeader join = joining;
        RequestHeader sync = syncing;
        joining = null;
        syncing = null;
        if (join != null) {
            JoinGroupResponseData answer =
                    wire.receive(join, JoinGroupResponse.class).data();
            return new Joined(
                    Errors.forCode(answer.errorCode()),
                    joiningAs,
                    answer.generationId(),
                    answer.leader(),
                    answer.members().stream()
                            .map(JoinGroupResponseMember::memberId)
                            .toList());
        }
        if (sync != null) {
            SyncGroupResponseData answer =
                    wire.receive(sync, SyncGroupResponse.class).data();
            return new Synced(
                    Errors.forCode(answer.errorCode()), new String(answer.assignment(), StandardCharsets.UTF_8));
        }
        throw new IllegalStateException("an answer to nothing");
    }

    Errors beat(String member, int generation) {
        HeartbeatRequestData request =
                new HeartbeatRequestData().setGroupId(group).setMemberId(member).setGenerationId(generation);
        while (true) {
            Errors error = wire.call(new HeartbeatRequest.Builder(request), HeartbeatResponse.class)
                    .error();
            if (!Wire.coordinatorIsStarting(error)) {
                return error;
            }
        }
    }

    Errors leave(String member) {
        while (true) {
            var answer = wire.call(
                            new LeaveGroupRequest.Builder(group, List.of(new MemberIdentity().setMemberId(member))),
                            LeaveGroupResponse.class)
                    .data();
            Errors error = Errors.forCode(answer.errorCode());
            if (!Wire.coordinatorIsStarting(error)) {
                return error == Errors.NONE
                        ? Errors.forCode(answer.members().getFirst().errorCode())
                        : error;
            }
        }
    }

    Errors commit(String member, int generation, String topic, int partition, long offset) {
        OffsetCommitRequestData request = new OffsetCommitRequestData()
                .setGroupId(group)
                .setMemberId(member)
                .setGenerationIdOrMemberEpoch(generation)
                .setTopics(List.of(new OffsetCommitRequestTopic()
                        .setName(topic)
                        .setPartitions(List.of(new OffsetCommitRequestPartition()
                                .setPartitionIndex(partition)
                                .setCommittedOffset(offset)))));
        while (true) {
            var answer = wire.call(OffsetCommitRequest.Builder.forTopicNames(request), OffsetCommitResponse.class)
                    .data();
            Errors error = Errors.forCode(
                    answer.topics().getFirst().partitions().getFirst().errorCode());
            if (!Wire.coordinatorIsStarting(error)) {
                return error;
            }
        }
    }

    void close() {
        wire.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
