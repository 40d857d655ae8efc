package millrace.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;

/// A cold run: the launcher, a fleet of its own, a small job, its output.
final class Start implements Benchmark {
    @Override
    public String name() {
        return "start";
    }

    @Override
    public String summary() {
        return "a cold 'millrace run primes --to 1e6', from the shell to the output";
    }

    @Override
    public List<Figure> run(Bench bench) throws Exception {
        var launcher = launcher();
        var home = Files.createTempDirectory("millrace-start-"); // finds no fleet that is up
        var seconds = new ArrayList<Double>();
        try {
            for (var run = 0; run < bench.runs(); run++) {
                seconds.add(once(launcher, home));
            }
        } finally {
            try (var left = Files.walk(home)) {
                left.sorted((a, b) -> b.compareTo(a))
                        .forEach(path -> path.toFile().delete());
            }
        }
        return List.of(Figure.atMost(5, "cold run of a small job", "s", seconds));
    }

    private static double once(Path launcher, Path home) throws IOException, InterruptedException, WrongAnswer {
        var run = new ProcessBuilder(launcher.toString(), "run", "primes", "--to", "1e6")
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        run.environment().remove("MILLRACE_BOOTSTRAP_SERVERS");
        for (var name : List.of("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")) {
            run.environment().put(name, home.toString());
        }
        var started = System.nanoTime();
        var process = run.start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        var seconds = (System.nanoTime() - started) / 1e9;
        Bench.check("the number of primes below 1e6", output.strip(), "78498");
        return seconds;
    }

    private static Path launcher() {
        var launcher = Benchmarks.home().resolve("millrace");
        if (!Files.isExecutable(launcher)) {
            throw new Refusal(ExitCode.MACHINE, "the launcher is not at " + launcher + "; use ./millrace bench start");
        }
        return launcher;
    }
}
