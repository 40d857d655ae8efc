package millrace.proto;

import com.google.protobuf.MessageLite;

/// Heartbeats as messages.
final class HeartbeatWire {
    private HeartbeatWire() {}

    static MessageLite write(Heartbeat beat) {
        var message = millrace.v1.Heartbeat.newBuilder()
                .setWorker(beat.worker())
                .setHost(beat.host())
                .setPid(beat.pid())
                .setRelease(beat.release())
                .setSequence(beat.sequence())
                .setStartedMillis(beat.startedMillis())
                .setAtMillis(beat.atMillis())
                .setState(millrace.v1.WorkerState.valueOf(
                        "WORKER_STATE_" + beat.state().name()))
                .setTrouble(beat.trouble())
                .setCores(beat.cores())
                .setLanes(beat.lanes())
                .setHolds(beat.holds())
                .setHeapUsedBytes(beat.heapUsedBytes())
                .setHeapMaxBytes(beat.heapMaxBytes())
                .setResidentBytes(beat.residentBytes())
                .setTasks(beat.tasks())
                .setCpuNanos(beat.cpuNanos())
                .setItemsPerSecond(beat.itemsPerSecond());
        for (var offer : beat.offers()) {
            message.addKernels(
                    millrace.v1.Offer.newBuilder().setKernel(offer.kernel()).setVersion(offer.version()));
        }
        for (var holding : beat.holdings()) {
            message.addHoldings(millrace.v1.Holding.newBuilder()
                    .setJob(holding.job())
                    .setFirst(holding.first())
                    .setEnd(holding.end())
                    .setEmission(holding.emission())
                    .setClaimed(holding.claimed())
                    .setComputing(holding.computing())
                    .setHeldMillis(holding.heldMillis()));
        }
        return message.build();
    }

    static Heartbeat read(millrace.v1.Heartbeat message) {
        return new Heartbeat(
                message.getWorker(),
                message.getHost(),
                message.getPid(),
                message.getRelease(),
                message.getSequence(),
                message.getStartedMillis(),
                message.getAtMillis(),
                ResultWire.known(Heartbeat.State.class, message.getState(), "WORKER_STATE_"),
                message.getTrouble(),
                message.getKernelsList().stream()
                        .map(offer -> new Heartbeat.Offer(Text.line(offer.getKernel(), 40), offer.getVersion()))
                        .toList(),
                message.getCores(),
                message.getLanes(),
                message.getHolds(),
                message.getHoldingsList().stream()
                        .map(holding -> new Heartbeat.Holding(
                                holding.getJob(),
                                holding.getFirst(),
                                holding.getEnd(),
                                holding.getEmission(),
                                holding.getClaimed(),
                                holding.getComputing(),
                                holding.getHeldMillis()))
                        .toList(),
                message.getHeapUsedBytes(),
                message.getHeapMaxBytes(),
                message.getResidentBytes(),
                message.getTasks(),
                message.getCpuNanos(),
                message.getItemsPerSecond());
    }
}
