package millrace.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import millrace.proto.Description;
import millrace.proto.Descriptions;
import millrace.proto.ExitCode;
import millrace.proto.KernelType;
import millrace.proto.ParameterType;
import millrace.proto.Text;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/// Makes a subcommand of each kernel, with an option for each of its parameters: `run primes --to 1e9`.
final class KernelCommands {
    /// What to do with a kernel's description.
    interface Action {
        /// @param files whose blobs the description names
        ExitCode apply(Description description, InputFiles files) throws Exception;
    }

    private KernelCommands() {}

    /// Adds a subcommand for each kernel that the class path knows. Options of `parent` that are inherited are
    /// theirs too.
    static void add(CommandLine parent, Action action) {
        for (var type : Descriptions.load().all()) {
            parent.addSubcommand(type.name(), subcommand(parent, type, action));
        }
    }

    private static CommandLine subcommand(CommandLine parent, KernelType<?> type, Action action) {
        var texts = new TreeMap<String, String>();
        Callable<Integer> call = () -> {
            var files = InputFiles.read(type, texts);
            return action.apply(type.parse(files.texts()), files).number();
        };
        var spec = CommandSpec.wrapWithoutInspection(call).name(type.name());
        spec.addMixin("help", CommandSpec.forAnnotatedObject(new Help()));
        var parameters = new ArrayList<OptionSpec>();
        for (var parameter : type.parameters()) {
            var option = option(parent, type, parameter, texts);
            spec.addOption(option);
            parameters.add(option);
        }
        spec.usageMessage()
                .description(type.summary(), "An item of " + type + " is " + type.item() + ".")
                .abbreviateSynopsis(true)
                .optionListHeading("%nParameters:%n")
                .footer(
                        "",
                        "All options of 'millrace " + parent.getCommandName() + "' may be given too, see its --help.");
        // The parameters alone: the options that all kernels share would bury them.
        spec.usageMessage().sectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, help -> list(help, parameters));
        return new CommandLine(spec);
    }

    private static String list(CommandLine.Help help, List<OptionSpec> parameters) {
        var layout = help.createDefaultLayout();
        for (var parameter : parameters) {
            layout.addOption(parameter, help.createDefaultParamLabelRenderer());
        }
        return layout.toString();
    }

    // Texts are collected and not parsed here: KernelType tells all that is wrong with them at once.
    private static OptionSpec option(
            CommandLine parent, KernelType<?> type, ParameterType parameter, Map<String, String> texts) {
        var name = "--" + parameter.name();
        var builder = OptionSpec.builder(
                        parent.getCommandSpec().optionsMap().containsKey(name)
                                ? "--" + type.name() + "-" + parameter.name()
                                : name)
                .type(String.class)
                .paramLabel(parameter.isSwitch() ? "true|false" : parameter.isBlob() ? "FILE" : "VALUE")
                .description(describe(parameter))
                .setter(new CommandLine.Model.ISetter() {
                    @Override
                    public <T> T set(T value) {
                        if (value != null) {
                            texts.put(parameter.name(), String.valueOf(value));
                        } else {
                            texts.remove(parameter.name());
                        }
                        return value;
                    }
                });
        if (parameter.isSwitch()) {
            builder.arity("0..1").fallbackValue("true");
        }
        return builder.build();
    }

    private static String describe(ParameterType parameter) {
        var help = parameter.help();
        var text = new StringBuilder(help.substring(0, 1).toUpperCase(Locale.ROOT)).append(help.substring(1));
        text.append(" (").append(parameter.allowed());
        if (!parameter.unit().isEmpty()) {
            text.append("; ").append(parameter.unit());
        }
        text.append("). ");
        var byDefault = parameter.byDefault();
        text.append(
                byDefault == null
                        ? "Must be given."
                        : byDefault.isEmpty() ? "Default: none." : "Default: " + byDefault + ".");
        // Percent signs start picocli's own variables.
        return Text.line(text.toString(), 300).replace("%", "%%");
    }
}
