package millrace.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.ServiceLoader;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import millrace.proto.Description;
import millrace.proto.Descriptions;
import millrace.proto.Digests;
import millrace.proto.ExitCode;
import millrace.proto.Kernel;
import millrace.proto.KernelType;
import millrace.proto.Work;

/// What a fleet is compared with: one JVM that computes the same kernels on the same number of cores, its threads
/// taking the next part of the items from a counter. It is a process of its own and stays warm, as a worker does, and
/// ends with the one that started it, in the middle of a job too.
final class OneJvm implements AutoCloseable {
    /// Parts of a job for each core: fine enough that the last ones end together.
    private static final int PARTS_OF_CORE = 100;

    /// @param seconds from the first item to the joined value
    /// @param digest  SHA-256 of the joined value, as a fleet's output has it
    record Answer(double seconds, String digest) {}

    private final Process process;
    private final BufferedReader answers;

    /// @param blobs folder of the blobs that jobs name, each a file named by its digest in hexadecimal
    OneJvm(int cores, Path blobs) throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        cores == 1 ? "-XX:+UseSerialGC" : "-XX:+UseParallelGC",
                        "-XX:+UseCompactObjectHeaders",
                        "-Djava.awt.headless=true",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OneJvm.class.getName(),
                        Integer.toString(cores),
                        blobs.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        answers = process.inputReader(StandardCharsets.UTF_8);
    }

    Answer compute(Description description) throws IOException {
        return ask("", description);
    }

    /// @param value the file that the joined value is written to, after the clock has stopped
    Answer compute(Description description, Path value) throws IOException {
        return ask(value.toString(), description);
    }

    private Answer ask(String value, Description description) throws IOException {
        var type = KernelType.of(description);
        var words = type.parameters(description).entrySet().stream()
                .map(one -> "\t" + one.getKey() + "=" + one.getValue())
                .collect(Collectors.joining());
        var writer = process.outputWriter(StandardCharsets.UTF_8);
        writer.write(value + "\t" + type.name() + words + "\n");
        writer.flush();
        var answer = answers.readLine();
        if (answer == null) {
            throw new IllegalStateException("the JVM to compare with has ended");
        }
        var parts = answer.split(" ", 2);
        return new Answer(Double.parseDouble(parts[0]), parts[1]);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- inside that process

    public static void main(String[] arguments) throws Exception {
        var cores = Integer.parseInt(arguments[0]);
        var work = new LocalWork(Path.of(arguments[1]));
        var descriptions = Descriptions.load();
        var kernels = new HashMap<Class<?>, Kernel<?>>();
        ServiceLoader.load(Kernel.class).forEach(kernel -> kernels.put(kernel.description(), kernel));
        var lines = new LinkedBlockingQueue<String>();
        Thread.ofPlatform().daemon().name("parent").start(() -> read(lines));
        while (true) {
            var words = Arrays.asList(lines.take().split("\t", -1));
            var parameters = words.subList(2, words.size()).stream()
                    .map(word -> word.split("=", 2))
                    .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
            answer(description(descriptions, words.get(1), parameters), kernels, work, cores, words.getFirst());
        }
    }

    // Beside the computing, so that the end of what is read ends that too.
    private static void read(Queue<String> lines) {
        try (var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            in.lines().forEach(lines::add);
        } catch (IOException | UncheckedIOException e) {
            // as good as its end
        }
        Runtime.getRuntime().halt(ExitCode.INTERRUPTED.number());
    }

    private static Description description(Descriptions all, String kernel, Map<String, String> parameters) {
        return all.find(kernel)
                .orElseThrow(() -> new IllegalArgumentException("no kernel " + kernel))
                .parse(parameters);
    }

    private static void answer(
            Description description, Map<Class<?>, Kernel<?>> kernels, Work work, int cores, String file)
            throws IOException, InterruptedException, ExecutionException {
        var kernel = kernels.get(description.getClass());
        if (kernel == null) {
            throw new IllegalArgumentException("no math for " + description);
        }
        var started = System.nanoTime();
        var value = compute(kernel, description, work, cores);
        var seconds = (System.nanoTime() - started) / 1e9;
        var digest = Digests.sha256();
        value.forEach(digest::update);
        if (!file.isEmpty()) {
            try (var out = Files.newOutputStream(Path.of(file))) {
                for (var part : value) {
                    out.write(part);
                }
            }
        }
        System.out.println(seconds + " " + HexFormat.of().formatHex(digest.digest()));
    }

    private static <D extends Description> List<byte[]> compute(Kernel<D> kernel, Description any, Work work, int cores)
            throws InterruptedException, ExecutionException {
        var description = kernel.description().cast(any);
        var items = description.items();
        var step = Math.max(1, items / ((long) cores * PARTS_OF_CORE));
        var next = new AtomicLong();
        var joined = LocalJoin.of(description.join());
        try (var threads = Executors.newFixedThreadPool(cores)) {
            var all = new ArrayList<Future<?>>();
            for (var core = 0; core < cores; core++) {
                all.add(threads.submit(() -> {
                    for (var at = next.getAndAdd(step); at < items; at = next.getAndAdd(step)) {
                        var part = kernel.compute(description, work, at, Math.min(items, at + step));
                        synchronized (joined) {
                            joined.add(at, part);
                        }
                    }
                    return null;
                }));
            }
            for (var one : all) {
                one.get();
            }
        }
        return joined.value();
    }
}
