package millrace.tests.conformance;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import millrace.tests.conformance.Given.Item;
import millrace.tests.model.Ack;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData.AcknowledgementBatch;
import org.apache.kafka.common.message.ShareAcknowledgeResponseData;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ShareAcknowledgeRequest;
import org.apache.kafka.common.requests.ShareAcknowledgeResponse;
import org.apache.kafka.common.requests.ShareFetchRequest;
import org.apache.kafka.common.requests.ShareFetchResponse;
import org.apache.kafka.common.requests.ShareGroupHeartbeatRequest;
import org.apache.kafka.common.requests.ShareGroupHeartbeatResponse;
import org.apache.kafka.common.requests.ShareRequestMetadata;

/// A member of a share group that does what it is told when it is told, and nothing else.
final class WireShareMember {
    private static final byte RECORD_LIMIT = 1;
    private static final int LEAVING = -1;

    /// Without any patience a fetch may find the partition locked by one that has just been answered, and get
    /// nothing.
    private static final int FETCH_MILLIS = 60;

    /// Zero would be answered without looking at the partition at all.
    private static final int NOTHING = -1;

    private final String bootstrap;
    private final String group;
    private final String topic;
    private final Uuid topicId;
    private final Uuid id = Uuid.randomUuid();
    private final Set<Integer> fetching = new LinkedHashSet<>();
    private ShareRequestMetadata session = ShareRequestMetadata.initialEpoch(id);
    private Wire wire;
    private int memberEpoch;
    private List<Integer> assigned = List.of();

    WireShareMember(String bootstrap, String group, String topic, Uuid topicId) {
        this.bootstrap = bootstrap;
        this.wire = new Wire(bootstrap);
        this.group = group;
        this.topic = topic;
        this.topicId = topicId;
    }

    /// Joins the group, or stays in it, and returns the partitions it is assigned.
    List<Integer> heartbeat() {
        ShareGroupHeartbeatResponseData answer = heartbeat(memberEpoch);
        memberEpoch = answer.memberEpoch();
        if (answer.assignment() != null) {
            assigned = answer.assignment().topicPartitions().stream()
                    .flatMap(ofTopic -> ofTopic.partitions().stream())
                    .sorted()
                    .toList();
        }
        return assigned;
    }

    /// Leaves the group.
    void leave() {
        heartbeat(LEAVING);
        wire.close();
    }

    private ShareGroupHeartbeatResponseData heartbeat(int epoch) {
        ShareGroupHeartbeatRequestData request = new ShareGroupHeartbeatRequestData()
                .setGroupId(group)
                .setMemberId(id.toString())
                .setMemberEpoch(epoch)
                .setSubscribedTopicNames(epoch == 0 ? List.of(topic) : null);
        while (true) {
            ShareGroupHeartbeatResponseData answer = wire.call(
                            new ShareGroupHeartbeatRequest.Builder(request), ShareGroupHeartbeatResponse.class)
                    .data();
            Errors error = Errors.forCode(answer.errorCode());
            if (!Wire.coordinatorIsStarting(error)) {
                error.maybeThrow();
                return answer;
            }
        }
    }

    /// Takes what is there; at most so many records. It returns as soon as there is one.
    List<Item> fetch(Collection<Integer> partitions, int recordsMax) {
        return fetch(partitions, recordsMax, FETCH_MILLIS);
    }

    /// Makes the broker read a share partition's state, and takes nothing. It may wait all that time when there is
    /// nothing to take.
    void load(int partition, int waitMillis) {
        List<Item> none = fetch(List.of(partition), NOTHING, waitMillis);
        if (!none.isEmpty()) {
            throw new IllegalStateException("asked for nothing and got " + none);
        }
    }

    private List<Item> fetch(Collection<Integer> partitions, int recordsMax, int waitMillis) {
        ShareFetchResponseData answer = fetchOnce(partitions, recordsMax, waitMillis);
        if (answer.errorCode() == Errors.SHARE_SESSION_NOT_FOUND.code()) {
            session = session.nextCloseExistingAttemptNew();
            fetching.clear();
            answer = fetchOnce(partitions, recordsMax, waitMillis);
        }
        Errors.forCode(answer.errorCode()).maybeThrow();
        session = session.nextEpoch();
        List<Item> items = new ArrayList<>();
        for (var ofTopic : answer.responses()) {
            for (var ofPartition : ofTopic.partitions()) {
                Errors.forCode(ofPartition.errorCode()).maybeThrow();
                for (var acquired : ofPartition.acquiredRecords()) {
                    for (long offset = acquired.firstOffset(); offset <= acquired.lastOffset(); offset++) {
                        items.add(new Item(ofPartition.partitionIndex(), offset, acquired.deliveryCount()));
                    }
                }
            }
        }
        return items;
    }

    private ShareFetchResponseData fetchOnce(Collection<Integer> partitions, int recordsMax, int waitMillis) {
        List<TopicIdPartition> added = new ArrayList<>();
        List<TopicIdPartition> forgotten = new ArrayList<>();
        for (int partition : partitions) {
            if (fetching.add(partition)) {
                added.add(partition(partition));
            }
        }
        for (int partition : List.copyOf(fetching)) {
            if (!partitions.contains(partition)) {
                fetching.remove(partition);
                forgotten.add(partition(partition));
            }
        }
        return wire.call(
                        ShareFetchRequest.Builder.forConsumer(
                                group,
                                session,
                                waitMillis,
                                1,
                                1 << 20,
                                recordsMax,
                                recordsMax,
                                RECORD_LIMIT,
                                false,
                                added,
                                forgotten,
                                Map.of()),
                        ShareFetchResponse.class)
                .data();
    }

    SortedMap<Integer, Errors> acknowledge(Map<Integer, SortedMap<Long, Ack>> acks) {
        Map<TopicIdPartition, List<AcknowledgementBatch>> batches = new LinkedHashMap<>();
        boolean renewing = false;
        for (Map.Entry<Integer, SortedMap<Long, Ack>> entry : acks.entrySet()) {
            renewing |= entry.getValue().containsValue(Ack.RENEW);
            batches.put(partition(entry.getKey()), batches(entry.getValue()));
        }
        ShareAcknowledgeResponseData answer = acknowledge(session, renewing, batches);
        SortedMap<Integer, Errors> outcomes = new TreeMap<>();
        Errors refused = Errors.forCode(answer.errorCode());
        if (refused != Errors.NONE) {
            acks.keySet().forEach(partition -> outcomes.put(partition, refused));
            return outcomes;
        }
        session = session.nextEpoch();
        for (var ofTopic : answer.responses()) {
            for (var ofPartition : ofTopic.partitions()) {
                outcomes.put(ofPartition.partitionIndex(), Errors.forCode(ofPartition.errorCode()));
            }
        }
        return outcomes;
    }

    /// Ends the session in an orderly way.
    void close() {
        Errors error = Errors.forCode(
                acknowledge(session.finalEpoch(), false, Map.of()).errorCode());
        if (error != Errors.SHARE_SESSION_NOT_FOUND) {
            error.maybeThrow();
        }
        wire.close();
    }

    /// Comes back under its old name and session, with a new connection.
    void reconnect() {
        wire.close();
        wire = new Wire(bootstrap);
    }

    /// Ends the connection without a word.
    void cut() {
        wire.cut();
    }

    private ShareAcknowledgeResponseData acknowledge(
            ShareRequestMetadata epoch, boolean renewing, Map<TopicIdPartition, List<AcknowledgementBatch>> batches) {
        return wire.call(
                        ShareAcknowledgeRequest.Builder.forConsumer(group, epoch, renewing, batches),
                        ShareAcknowledgeResponse.class)
                .data();
    }

    private static List<AcknowledgementBatch> batches(SortedMap<Long, Ack> acks) {
        List<AcknowledgementBatch> batches = new ArrayList<>();
        acks.forEach((offset, ack) -> {
            if (batches.isEmpty() || batches.getLast().lastOffset() != offset - 1) {
                batches.add(new AcknowledgementBatch().setFirstOffset(offset).setAcknowledgeTypes(new ArrayList<>()));
            }
            batches.getLast().setLastOffset(offset).acknowledgeTypes().add(code(ack));
        });
        return batches;
    }

    private static byte code(Ack ack) {
        return switch (ack) {
            case ACCEPT -> 1;
            case RELEASE -> 2;
            case REJECT -> 3;
            case RENEW -> 4;
        };
    }

    private TopicIdPartition partition(int partition) {
        return new TopicIdPartition(topicId, partition, topic);
    }
}
