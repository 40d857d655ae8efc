package millrace.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import millrace.client.Millrace;
import millrace.proto.BadInput;
import millrace.proto.Blob;
import millrace.proto.KernelType;
import millrace.proto.ParameterType;
import millrace.proto.Text;

/// The files that a job's options name. Their bytes are put before the job is submitted; the job itself knows
/// them by their digests.
///
/// @param texts of all parameters, with a blob's text where a file was named
/// @param files by what they hold
record InputFiles(SortedMap<String, String> texts, Map<Blob, Path> files) {
    InputFiles {
        texts = Collections.unmodifiableSortedMap(new TreeMap<>(texts));
        files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
    }

    /// Reads the files, and what parameters follow from them.
    ///
    /// @throws BadInput with every file that is none, or cannot be read
    static InputFiles read(KernelType<?> type, Map<String, String> options) {
        var texts = new TreeMap<>(options);
        var files = new LinkedHashMap<Blob, Path>();
        var problems = new ArrayList<String>();
        for (var parameter : type.parameters()) {
            var text = options.get(parameter.name());
            if (text == null || !parameter.isBlob() || text.isEmpty() || Blob.isText(text)) {
                continue;
            }
            try {
                var file = file(parameter, text);
                var blob = Blob.of(file);
                texts.put(parameter.name(), blob.toString());
                files.put(blob, file);
            } catch (BadInput e) {
                problems.addAll(e.problems());
            } catch (IOException e) {
                problems.add(problem(parameter, text) + " (" + e + ")");
            }
        }
        if (!problems.isEmpty()) {
            throw new BadInput(problems);
        }
        try {
            type.complete(options).forEach(texts::putIfAbsent);
        } catch (IOException e) {
            throw new BadInput("a file cannot be read (" + e + ")");
        }
        return new InputFiles(texts, files);
    }

    private static Path file(ParameterType parameter, String text) {
        Path file;
        try {
            file = Path.of(text);
        } catch (InvalidPathException e) {
            throw new BadInput(problem(parameter, text));
        }
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new BadInput(problem(parameter, text));
        }
        return file;
    }

    private static String problem(ParameterType parameter, String text) {
        return "--" + parameter.name() + " is '" + Text.line(text, 200) + "', allowed: a file that can be read";
    }

    /// Puts what the fleet does not have yet.
    ///
    /// @throws IOException when a file cannot be read, or has changed
    void put(Millrace millrace, ProgressView view) throws IOException {
        for (var file : files.entrySet()) {
            var name = String.valueOf(file.getValue().getFileName());
            millrace.put(
                    file.getKey(),
                    file.getValue(),
                    (bytes, of) ->
                            view.show("sending %s: %s of %s".formatted(name, Units.bytes(bytes), Units.bytes(of))));
        }
    }
}
