package millrace.cli;

import java.util.concurrent.Callable;
import millrace.proto.Descriptions;
import millrace.proto.ExitCode;
import millrace.proto.KernelType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ObjectNode;

/// Lists the kernels that this command line knows.
@Command(
        name = "kernels",
        description =
                "Lists the kernels that jobs can be made of; 'millrace run KERNEL --help' tells their parameters.")
final class KernelsCommand implements Callable<Integer> {
    @Mixin
    Help help = new Help();

    @Mixin
    Format format = new Format();

    private final Shell shell;

    KernelsCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        var types = Descriptions.load().all();
        if (format.json()) {
            var array = Report.JSON.createArrayNode();
            types.forEach(type -> array.add(json(type)));
            shell.out().println(array);
        } else {
            var table = new Table("KERNEL", "WHAT IT COMPUTES");
            types.forEach(type -> table.row(type, type.summary()));
            table.print(shell.out());
        }
        return ExitCode.SUCCEEDED.number();
    }

    private static ObjectNode json(KernelType<?> type) {
        var json = Report.JSON
                .createObjectNode()
                .put("kernel", type.name())
                .put("version", type.version())
                .put("summary", type.summary())
                .put("item", type.item());
        var parameters = json.putArray("parameters");
        for (var parameter : type.parameters()) {
            parameters
                    .addObject()
                    .put("name", parameter.name())
                    .put("help", parameter.help())
                    .put("unit", parameter.unit())
                    .put("allowed", parameter.allowed())
                    .put("default", parameter.byDefault());
        }
        return json;
    }
}
