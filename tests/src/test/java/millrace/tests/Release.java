package millrace.tests;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import millrace.proto.Kernel;

/// What a process of one release of Millrace has on its class path: the jars that `package` leaves in `target/lib`, and
/// a jar of the tests' kernels.
///
/// @param version of Millrace, as its jars say
record Release(String version, List<Path> classPath) {
    private static final Path CLASSES = Path.of("target", "test-classes");
    private static final List<String> KERNEL_CLASSES = List.of("Dated", "Summing", "Vigil", "Weights");

    Release {
        classPath = List.copyOf(classPath);
    }

    /// The release in a folder of jars.
    ///
    /// @param folder  where its kernels are put
    /// @param kernels that its workers offer
    static Release of(Path lib, Path folder, List<Class<? extends Kernel<?>>> kernels) throws IOException {
        var jars = jars(lib);
        jars.add(kernelJar(Files.createDirectories(folder), kernels));
        return new Release(version(lib), jars);
    }

    /// The same classes, in jars that say that they are of another version.
    ///
    /// @param folder  where these jars and its kernels are put
    /// @param kernels that its workers offer
    static Release renamed(String version, Path lib, Path folder, List<Class<? extends Kernel<?>>> kernels)
            throws IOException {
        Files.createDirectories(folder);
        var jars = new ArrayList<Path>();
        for (var jar : jars(lib)) {
            jars.add(isOurs(jar) ? rename(version, jar, folder) : jar);
        }
        jars.add(kernelJar(folder, kernels));
        return new Release(version, jars);
    }

    private static List<Path> jars(Path lib) throws IOException {
        try (var files = Files.list(lib)) {
            return new ArrayList<>(files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList());
        }
    }

    private static boolean isOurs(Path jar) {
        return jar.getFileName().toString().startsWith("millrace-");
    }

    private static String version(Path lib) throws IOException {
        for (var path : jars(lib)) {
            if (isOurs(path)) {
                try (var jar = new JarFile(path.toFile())) {
                    return jar.getManifest().getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION);
                }
            }
        }
        throw new IOException("no jar of Millrace is in " + lib.toAbsolutePath());
    }

    private static Path rename(String version, Path jar, Path folder) throws IOException {
        var renamed = folder.resolve(jar.getFileName());
        try (var from = new JarFile(jar.toFile())) {
            var manifest = from.getManifest();
            manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, version);
            try (var to = new JarOutputStream(Files.newOutputStream(renamed), manifest)) {
                for (var entry : from.stream().toList()) {
                    if (!entry.getName().equals(JarFile.MANIFEST_NAME)) {
                        to.putNextEntry(new ZipEntry(entry.getName()));
                        try (var in = from.getInputStream(entry)) {
                            in.transferTo(to);
                        }
                    }
                }
            }
        }
        return renamed;
    }

    private static Path kernelJar(Path folder, List<Class<? extends Kernel<?>>> kernels) throws IOException {
        var jar = folder.resolve("kernels.jar");
        try (var to = new JarOutputStream(Files.newOutputStream(jar));
                var classes = Files.walk(CLASSES.resolve("millrace/tests"))) {
            for (var file : classes.filter(Release::belongs).sorted().toList()) {
                to.putNextEntry(new ZipEntry(CLASSES.relativize(file).toString()));
                Files.copy(file, to);
            }
            to.putNextEntry(new ZipEntry("META-INF/services/" + Kernel.class.getName()));
            for (var kernel : kernels) {
                to.write((kernel.getName() + "\n").getBytes(UTF_8));
            }
        }
        return jar;
    }

    private static boolean belongs(Path file) {
        var name = file.getFileName().toString().replaceFirst("([$].*)?[.]class$", "");
        return name.equals(Tethered.class.getSimpleName()) || KERNEL_CLASSES.contains(name);
    }
}
