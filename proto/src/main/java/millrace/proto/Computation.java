package millrace.proto;

import static millrace.proto.Check.require;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// The math's whole input: which kernel, with which parameters. Its bytes travel verbatim in the spec and in each task,
/// so a worker needs nothing else.
///
/// @param kernel     the kernel's name
/// @param version    the kernel's version, 1 and up
/// @param parameters every parameter by name, in canonical texts
/// @param items      the kernel's number of items for these parameters, 0 to 2^53
public record Computation(String kernel, int version, SortedMap<String, String> parameters, long items) {
    public Computation {
        require(kernel.matches("[a-z][a-z0-9-]{0,39}"), "kernel name is '%s'", Text.line(kernel, 60));
        require(version >= 1, "version of kernel %s is %d, allowed 1 and up", kernel, version);
        require(
                0 <= items && items <= Description.ITEMS_MAX,
                "kernel %s has %d items for these parameters, allowed 0..2^53",
                kernel,
                items);
        parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
    }

    /// What the description asks for.
    ///
    /// @throws BadInput when a parameter or the number of items is out of range
    public static Computation of(Description description) {
        var type = KernelType.of(description);
        var parameters = type.parameters(description);
        try {
            return new Computation(type.name(), type.version(), parameters, description.items());
        } catch (IllegalArgumentException e) {
            throw new BadInput(String.valueOf(e.getMessage()));
        }
    }

    /// Reads the bytes of a spec or task.
    ///
    /// @throws IllegalArgumentException when they are no computation
    public static Computation parse(ByteString bytes) {
        millrace.v1.Computation message;
        try {
            message = millrace.v1.Computation.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("the computation is not protobuf", e);
        }
        var parameters = new TreeMap<String, String>();
        for (var parameter : message.getParametersList()) {
            parameters.put(parameter.getName(), parameter.getValue());
        }
        return new Computation(message.getKernel(), message.getVersion(), parameters, message.getItems());
    }

    public ByteString bytes() {
        var message = millrace.v1.Computation.newBuilder()
                .setKernel(kernel)
                .setVersion(version)
                .setItems(items);
        parameters.forEach((name, value) -> message.addParameters(
                millrace.v1.Parameter.newBuilder().setName(name).setValue(value)));
        return message.build().toByteString();
    }
}
