package millrace.proto;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;

/// Works out, before a job is submitted, those parameters of a kernel that follow from the files that people
/// give: the shape of an array, the number of rows. So the number of items is known to all who never see the
/// files. Named by [Described#intake]; has a constructor without arguments.
public interface Intake {
    /// Adds to what is given. Where a file is already a blob, what follows from it has to be given too.
    ///
    /// @throws BadInput when a file cannot be used, or says otherwise than a text that is given
    /// @throws IOException when a file cannot be read
    void complete(Given given) throws IOException;

    /// Whether what people name for a parameter is not itself the blob, but [#pack] makes it: a folder of pictures.
    default boolean packs(String parameter) {
        return false;
    }

    /// Makes the file that becomes the blob of a parameter that this [#packs]; [#complete] then finds that file.
    ///
    /// @param given what people named; exists
    /// @param out   where to; not closed
    /// @throws BadInput when it cannot be used
    /// @throws IOException when something cannot be read or written
    default void pack(Path given, OutputStream out) throws IOException {
        throw new UnsupportedOperationException("nothing is made of " + given);
    }

    /// Parameters as people type them: files as paths.
    ///
    /// @param texts by parameter name; changed in place
    record Given(SortedMap<String, String> texts) {
        /// The file that a parameter names, unless it names none or a blob.
        public Optional<Path> file(String parameter) {
            return Optional.ofNullable(texts.get(parameter))
                    .filter(text -> !text.isEmpty() && !Blob.isText(text))
                    .map(Path::of);
        }

        /// Sets what follows from a file.
        ///
        /// @throws BadInput when something else was given
        public void follows(String parameter, long value, String file) {
            var text = Long.toString(value);
            var other = texts.put(parameter, text);
            if (other != null
                    && !other.isBlank()
                    && !other.replace("_", "").strip().equals(text)) {
                throw new BadInput(
                        "--%s is '%s', but %s makes it %s".formatted(parameter, Text.line(other, 60), file, text));
            }
        }
    }

    /// Leaves all as it is given.
    final class Nothing implements Intake {
        @Override
        public void complete(Given given) {}
    }
}
