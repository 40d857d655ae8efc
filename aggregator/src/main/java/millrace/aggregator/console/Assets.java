package millrace.aggregator.console;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/// The files that make the pages, all in memory: our own, and those of the libraries' WebJars. Any thread.
final class Assets {
    /// A file with its media type.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Asset(String type, byte[] bytes) {}

    private static final String JS = "text/javascript; charset=utf-8";
    private static final String CSS = "text/css; charset=utf-8";

    private final Map<String, Asset> files = new TreeMap<>();
    private final String policy;

    private Assets() throws IOException {
        for (var name : new String[] {
            "app.js",
            "api.js",
            "ui.js",
            "overview.js",
            "jobs.js",
            "job.js",
            "workers.js",
            "letters.js",
            "queue.js",
            "cluster.js",
            "map.js",
            "chart.js",
            "operate.js"
        }) {
            files.put("/" + name, own(name, JS));
        }
        files.put("/style.css", own("style.css", CSS));
        files.put("/icon.svg", own("icon.svg", "image/svg+xml"));
        files.put("/", own("index.html", "text/html; charset=utf-8"));
        files.put("/lib/preact.js", library("preact", "dist/preact.module.js", JS));
        files.put("/lib/hooks.js", library("preact", "hooks/dist/hooks.module.js", JS));
        files.put("/lib/uplot.js", library("uplot", "dist/uPlot.iife.min.js", JS));
        files.put("/lib/uplot.css", library("uplot", "dist/uPlot.min.css", CSS));
        policy = "default-src 'none'; script-src 'self' '" + importMapHash()
                + "'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none';"
                + " frame-ancestors 'none'";
    }

    /// @throws IllegalStateException when the class path lacks any of them: a broken build
    static Assets load() {
        try {
            return new Assets();
        } catch (IOException e) {
            throw new IllegalStateException("the console's files are not all on the class path", e);
        }
    }

    Map<String, Asset> files() {
        return files;
    }

    /// The Content-Security-Policy under which the pages run: nothing from elsewhere, and no script in a page but
    /// the import map.
    String policy() {
        return policy;
    }

    private static Asset own(String name, String type) throws IOException {
        return new Asset(type, read("millrace/console/" + name));
    }

    private static Asset library(String name, String file, String type) throws IOException {
        var properties = new Properties();
        try (var in = Assets.class
                .getClassLoader()
                .getResourceAsStream("META-INF/maven/org.webjars.npm/" + name + "/pom.properties")) {
            if (in == null) {
                throw new IOException("no WebJar of " + name);
            }
            properties.load(in);
        }
        var version = properties.getProperty("version");
        return new Asset(type, read("META-INF/resources/webjars/" + name + "/" + version + "/" + file));
    }

    private static byte[] read(String resource) throws IOException {
        try (var in = Assets.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("no " + resource);
            }
            return in.readAllBytes();
        }
    }

    private String importMapHash() {
        var page = files.get("/");
        var text = page == null ? "" : new String(page.bytes(), StandardCharsets.UTF_8);
        var open = "<script type=\"importmap\">";
        var from = text.indexOf(open) + open.length();
        var map = text.substring(from, text.indexOf("</script>", from));
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(map.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
