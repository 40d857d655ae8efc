package millrace.tests;

import java.io.IOException;
import java.util.Arrays;

/// Runs another main class in a process that ends with its parent: `CLASS [ARGUMENT]...`. It needs nothing of ours, so
/// that it can be put before any release.
final class Tethered {
    private Tethered() {}

    public static void main(String[] args) throws ReflectiveOperationException {
        Thread.ofPlatform().daemon().start(Tethered::leaveWithParent);
        Class.forName(args[0]).getMethod("main", String[].class).invoke(null, (Object)
                Arrays.copyOfRange(args, 1, args.length));
    }

    private static void leaveWithParent() {
        try {
            while (System.in.read() >= 0) {
                // a parent has nothing to say
            }
        } catch (IOException e) {
            // as good as its end
        }
        Runtime.getRuntime().halt(1);
    }
}
