package millrace.cli;

import org.apache.kafka.common.utils.internals.AppInfoParser;
import picocli.CommandLine.IVersionProvider;

/// What `--version` says.
final class Version implements IVersionProvider {
    /// The release, as its jar says; `unreleased` when run from classes.
    static String millrace() {
        var version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "unreleased" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "millrace " + millrace(),
            "Kafka client " + AppInfoParser.getVersion(),
            "Java " + System.getProperty("java.version") + " (" + System.getProperty("java.vm.vendor") + ")"
        };
    }
}
