package millrace.worker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import millrace.proto.BadInput;
import millrace.proto.Cluster;
import millrace.proto.ExitCode;
import millrace.proto.FleetSetup;
import millrace.proto.Heartbeat;
import millrace.proto.Refusal;
import millrace.proto.Role;
import millrace.proto.Settings;
import millrace.proto.ops.HttpAddress;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigDef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes tasks, computes them on all cores and publishes their results; keeps nothing.
public final class WorkerRole implements Role {
    private static final Logger log = LoggerFactory.getLogger(WorkerRole.class);

    /// How long the cluster may take to answer when the worker starts.
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Override
    public String name() {
        return "worker";
    }

    @Override
    public ConfigDef settings() {
        return WorkerConfig.settings();
    }

    @Override
    public Running start(Cluster cluster, Settings settings) {
        WorkerConfig config;
        BlobConfig blobConfig;
        try {
            config = WorkerConfig.of(settings, Runtime.getRuntime().maxMemory());
            blobConfig = BlobConfig.of(settings, cluster.fleet());
        } catch (IllegalArgumentException e) {
            throw new BadInput(String.valueOf(e.getMessage()));
        }
        var kernels = Kernels.load();
        var self = identity();
        log.info(
                "{} of fleet {} at {}: {} cores, {} lanes of {} records, drain time-out {} s; kernels {}; {}",
                self.worker(),
                cluster.fleet(),
                cluster.bootstrapServers(),
                config.cores(),
                config.lanes(),
                config.laneRecords(),
                config.drainTimeout().toSeconds(),
                kernels,
                String.join(" ", settings.effective()));
        FleetSetup.Topology topology;
        try (var admin = Admin.create(cluster.client(Map.of("client.id", self.worker() + "-setup")))) {
            topology = new FleetSetup(admin, cluster, PATIENCE).prepare(FleetSetup.Wanted.DEFAULT);
        }
        var worker = new Worker(
                self, cluster, config, blobConfig, cacheFolder(blobConfig, self), kernels, topology.jobPartitions());
        HttpAddress.of(settings, name())
                .ifPresent(address -> worker.tell(WorkerMeters.serve(
                        address,
                        worker,
                        kernels.offers().stream().map(Heartbeat.Offer::kernel).toList())));
        worker.start();
        return worker;
    }

    private static CacheFolder cacheFolder(BlobConfig config, Identity self) {
        try {
            return CacheFolder.open(config.folder(), self.worker());
        } catch (IOException e) {
            throw new Refusal(
                    ExitCode.MACHINE,
                    BlobConfig.FOLDER + " cannot be used: " + e + "; allowed: a folder that can be written to",
                    e);
        }
    }

    private static Identity identity() {
        var host = host();
        var pid = ProcessHandle.current().pid();
        var name = host.replaceAll("[^A-Za-z0-9-]", "-").replaceAll("^-+", "");
        var worker = "%s-%d-%s"
                .formatted(
                        name.isEmpty() ? "worker" : name.substring(0, Math.min(name.length(), 60)),
                        pid,
                        HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt()));
        var release = WorkerRole.class.getPackage().getImplementationVersion();
        return new Identity(worker, host, pid, release == null ? "unreleased" : release, System.currentTimeMillis());
    }

    // Asking the resolver may take seconds where the name is not known to it.
    private static String host() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException unknown) {
                return "localhost";
            }
        }
    }
}
