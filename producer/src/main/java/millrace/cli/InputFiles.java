package millrace.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import millrace.client.Millrace;
import millrace.proto.BadInput;
import millrace.proto.Blob;
import millrace.proto.Intake;
import millrace.proto.KernelType;
import millrace.proto.ParameterType;
import millrace.proto.Text;

/// The files that a job's options name. Their bytes are put before the job is submitted; the job itself knows
/// them by their digests.
///
/// @param texts of all parameters, with a blob's text where a file was named
/// @param files by what they hold
/// @param made  those of the files that were made of what people named, and are removed once they are put
record InputFiles(SortedMap<String, String> texts, Map<Blob, Path> files, Set<Path> made) {
    InputFiles {
        made = Set.copyOf(made);
        texts = Collections.unmodifiableSortedMap(new TreeMap<>(texts));
        files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
    }

    /// Reads the files, and what parameters follow from them.
    ///
    /// @throws BadInput with every file that is none, or cannot be read
    static InputFiles read(KernelType<?> type, Map<String, String> options) {
        var texts = new TreeMap<>(options);
        var files = new LinkedHashMap<Blob, Path>();
        var made = new HashSet<Path>();
        var completed = new TreeMap<>(options);
        var intake = type.intake();
        var problems = new ArrayList<String>();
        for (var parameter : type.parameters()) {
            var text = options.get(parameter.name());
            if (text == null || !parameter.isBlob() || text.isEmpty() || Blob.isText(text)) {
                continue;
            }
            try {
                Path file;
                if (intake.packs(parameter.name())) {
                    file = packed(intake, existing(parameter, text));
                    made.add(file);
                    completed.put(parameter.name(), file.toString());
                } else {
                    file = file(parameter, text);
                }
                var blob = Blob.of(file);
                if (blob.isEmpty() && parameter.byDefault() != null) { // would count as not given
                    throw new BadInput(
                            "--%s is '%s', an empty file, allowed: one with something in it; without --%s the kernel does something else"
                                    .formatted(parameter.name(), Text.line(text, 200), parameter.name()));
                }
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
            type.complete(completed).forEach(texts::putIfAbsent);
        } catch (IOException e) {
            throw new BadInput("a file cannot be read (" + e + ")");
        }
        return new InputFiles(texts, files, made);
    }

    /// A new file of what people named. It goes when this process ends, however it does short of being killed.
    private static Path packed(Intake intake, Path given) throws IOException {
        var file = Files.createTempFile("millrace-", ".packed");
        file.toFile().deleteOnExit();
        try (var out = Files.newOutputStream(file)) {
            intake.pack(given, out);
        } catch (IOException e) {
            var room = Files.getFileStore(file).getUsableSpace();
            Files.deleteIfExists(file);
            throw new IOException(
                    "%s; while it was made into %s, where %s are free".formatted(e, file, Units.bytes(room)), e);
        } catch (BadInput e) {
            Files.deleteIfExists(file);
            throw e;
        }
        return file;
    }

    private static Path existing(ParameterType parameter, String text) {
        var path = path(parameter, text);
        if (!Files.isReadable(path)) {
            throw new BadInput("--%s is '%s', allowed: a file or a folder that can be read"
                    .formatted(parameter.name(), Text.line(text, 200)));
        }
        return path;
    }

    private static Path path(ParameterType parameter, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new BadInput(problem(parameter, text));
        }
    }

    private static Path file(ParameterType parameter, String text) {
        var file = path(parameter, text);
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
            if (made.contains(file.getValue())) {
                Files.deleteIfExists(file.getValue());
            }
        }
    }
}
