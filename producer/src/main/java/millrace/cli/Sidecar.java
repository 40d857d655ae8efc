package millrace.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.Collectors;
import millrace.client.Output;
import millrace.proto.JobSpec;

/// The file beside an output file: what made it, enough to make it again and to see that it is the same.
final class Sidecar {
    private Sidecar() {}

    static Path beside(Path file) {
        return file.resolveSibling(file.getFileName() + ".millrace.json");
    }

    /// @param full what the job cost
    static void write(Path file, Report report, JobReport full) throws IOException {
        var spec = report.spec();
        var computation = spec.computation();
        var json = Report.JSON.createObjectNode();
        json.put("job", spec.job());
        json.put("state", report.state());
        json.put("digest", report.digest());
        json.put("kernel", computation.kernel());
        json.put("kernelVersion", computation.version());
        var parameters = json.putObject("parameters");
        computation.parameters().forEach(parameters::put);
        json.put("seed", computation.parameters().get("seed"));
        json.putObject("items")
                .put("first", spec.first())
                .put("end", spec.end())
                .put("of", computation.items());
        json.put("millraceVersion", Version.millrace());
        json.put("javaVersion", System.getProperty("java.version"));
        json.put("command", command(spec, file));
        json.put("spec", Base64.getEncoder().encodeToString(spec.bytes().toByteArray()));
        json.put("specDigest", spec.digest().toString());
        json.set("report", full.json());
        var text = Report.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
        Output.save(beside(file), out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /// A command that computes the same output again.
    static String command(JobSpec spec, Path file) {
        var command =
                new StringBuilder("millrace run ").append(spec.computation().kernel());
        var parameters = parameters(spec);
        if (!parameters.isEmpty()) {
            command.append(' ').append(parameters);
        }
        if (spec.items() != spec.computation().items()) {
            command.append(" --items ").append(spec.first()).append("..").append(spec.end());
        }
        return command.append(" -o ")
                .append(quoted(file.getFileName().toString()))
                .toString();
    }

    /// The job's parameters as on a command line: `--from=0 --to=1000000000`.
    static String parameters(JobSpec spec) {
        return spec.computation().parameters().entrySet().stream()
                .map(parameter -> "--" + parameter.getKey() + "=" + quoted(parameter.getValue()))
                .collect(Collectors.joining(" "));
    }

    // As a POSIX shell takes it.
    private static String quoted(String text) {
        return text.matches("[A-Za-z0-9._/:+,@%-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
