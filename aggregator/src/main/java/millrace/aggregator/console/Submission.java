package millrace.aggregator.console;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import millrace.proto.BadInput;
import millrace.proto.Blob;
import millrace.proto.Computation;
import millrace.proto.Descriptions;
import millrace.proto.JobOrder;
import millrace.proto.JobSpec;
import millrace.proto.KernelType;
import millrace.proto.Policy;
import millrace.proto.Text;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Submits jobs from the console's form. Kernels that need files are for the command line, which can send them. Any
/// thread.
final class Submission {
    private final Descriptions descriptions = Descriptions.load();
    private final SecureRandom random = new SecureRandom();
    private final FleetTail tail;
    private final OrderSender sender;
    private final AuditLog audit;

    Submission(FleetTail tail, OrderSender sender, AuditLog audit) {
        this.tail = tail;
        this.sender = sender;
        this.audit = audit;
    }

    /// The kernels with their parameters, for the form.
    void write(ArrayNode to) {
        for (var type : descriptions.all()) {
            var kernel = to.addObject()
                    .put("name", type.name())
                    .put("version", type.version())
                    .put("summary", type.summary())
                    .put("item", type.item());
            var parameters = kernel.putArray("parameters");
            for (var parameter : type.parameters()) {
                parameters
                        .addObject()
                        .put("name", parameter.name())
                        .put("help", parameter.help())
                        .put("unit", parameter.unit())
                        .put("byDefault", parameter.byDefault())
                        .put("allowed", parameter.allowed())
                        .put("blob", parameter.isBlob());
            }
        }
    }

    /// @param texts the kernel's parameters as people type them; what is missing gets its default
    /// @return the job, with the number of its items
    /// @throws BadInput with all that is wrong
    ObjectNode submit(String kernel, Map<String, String> texts, int priority, boolean dryRun, String from)
            throws InterruptedException {
        var type = descriptions
                .find(kernel)
                .orElseThrow(() -> new BadInput("kernel '" + Text.line(kernel, 60) + "' is not known to this console"));
        var partitions = tail.partitions();
        if (partitions == 0) {
            throw new BadInput("the fleet's topics are not read yet; try again in a moment");
        }
        var spec = spec(JobSpec.randomId(type.name(), random), type, texts, priority, partitions);
        var result = Json.object().put("job", spec.job()).put("items", spec.items());
        if (!dryRun) {
            sender.send(new JobOrder.Submit(spec), spec.partition());
            audit.write(from, "submit of " + spec, "", "accepted");
        }
        return result;
    }

    /// @throws BadInput with all that is wrong
    static JobSpec spec(String job, KernelType<?> type, Map<String, String> texts, int priority, int partitions) {
        var given = new TreeMap<>(texts);
        given.values().removeIf(String::isBlank);
        refuseFiles(type, given);
        try {
            var description = type.parse(type.complete(given));
            var computation = Computation.of(description);
            return JobSpec.of(
                    job,
                    partitions,
                    computation,
                    0,
                    computation.items(),
                    description.join(),
                    Policy.DEFAULT.withPriority(priority),
                    new TreeMap<>(Map.of("from", "console")),
                    "");
        } catch (IOException e) {
            throw new BadInput("files cannot be given here: " + e.getMessage() + "; use the command line");
        }
    }

    // A file's name would be one on this machine, which is none of the asker's business.
    private static void refuseFiles(KernelType<?> type, Map<String, String> given) {
        var problems = new ArrayList<String>();
        for (var parameter : type.parameters()) {
            var text = given.getOrDefault(parameter.name(), "");
            if (parameter.isBlob() && !text.isEmpty() && !Blob.isText(text)) {
                problems.add(
                        "--%s is '%s', allowed here: sha256:DIGEST:BYTES of a file that the command line has sent: millrace submit %s --%s FILE"
                                .formatted(parameter.name(), Text.line(text, 100), type.name(), parameter.name()));
            }
        }
        if (!problems.isEmpty()) {
            throw new BadInput(problems);
        }
    }
}
