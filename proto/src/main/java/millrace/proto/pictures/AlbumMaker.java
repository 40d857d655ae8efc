package millrace.proto.pictures;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import millrace.proto.BadInput;
import millrace.proto.Blob;

/// Makes an [Album] of PNG and JPEG files.
public final class AlbumMaker {
    /// Broken pictures that are told of; nobody reads more at once.
    private static final int PROBLEMS_MAX = 20;

    private final List<Path> files;
    private final Map<String, Long> stems;
    private final List<Shape> shapes = new ArrayList<>();
    private long bytes;

    private AlbumMaker(List<Path> files) {
        this.files = files;
        stems = files.stream().collect(Collectors.groupingBy(AlbumMaker::lowerStem, Collectors.counting()));
    }

    /// Writes the album of a picture, or of all pictures of a folder by the order of their names: files that end with
    /// `.png`, `.jpg` or `.jpeg`; others, hidden ones and those of folders within are left out.
    ///
    /// @param out where to; not closed
    /// @throws BadInput when there is no picture, or one cannot be used, or they are too large together
    /// @throws IOException when something cannot be read or written
    public static void write(Path given, OutputStream out) throws IOException {
        var files = Files.isDirectory(given) ? pictures(given) : List.of(given);
        if (files.isEmpty()) {
            throw new BadInput(
                    "%s holds no picture, allowed: a folder with files that end with .png, .jpg or .jpeg, or one of them"
                            .formatted(given));
        }
        if (files.size() > Album.PICTURES_MAX) {
            throw new BadInput("%s holds %,d pictures, allowed %,d".formatted(given, files.size(), Album.PICTURES_MAX));
        }
        var buffered = new BufferedOutputStream(out, 1 << 20);
        new AlbumMaker(files).write(buffered);
        buffered.flush();
    }

    private static List<Path> pictures(Path folder) throws IOException {
        try (var list = Files.list(folder)) {
            return list.filter(file -> PictureFile.named(file) && Files.isRegularFile(file))
                    .sorted()
                    .toList();
        }
    }

    private void write(OutputStream out) throws IOException {
        var problems = new ArrayList<String>();
        for (var file : files) {
            try {
                var picture = PictureFile.read(file);
                // After the first problem the rest is only looked at.
                if (problems.isEmpty()) {
                    add(picture, out);
                }
            } catch (BadInput e) {
                problems.addAll(e.problems());
                if (problems.size() >= PROBLEMS_MAX) {
                    break;
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new BadInput(problems);
        }
        var index = new DataOutputStream(out);
        for (var shape : shapes) {
            shape.write(index);
        }
        index.writeLong(bytes);
        index.writeInt(shapes.size());
        index.writeLong(Album.MAGIC);
        index.flush();
    }

    private void add(PictureFile picture, OutputStream out) throws IOException {
        Shape shape;
        try {
            shape = new Shape(name(picture.file()), picture.width(), picture.height(), picture.channels());
        } catch (IllegalArgumentException e) {
            throw new BadInput(picture.file() + ": " + e.getMessage());
        }
        bytes += shape.bytes();
        if (bytes > Blob.BYTES_MAX) {
            throw new BadInput("the pictures up to %s have %,d bytes of pixels together, allowed %,d in a job"
                    .formatted(picture.file(), bytes, Blob.BYTES_MAX));
        }
        shapes.add(shape);
        picture.write(out);
    }

    /// Without its ending, unless another picture would have the same name then, also where case does not count.
    private String name(Path file) {
        return stems.getOrDefault(lowerStem(file), 0L) > 1 ? String.valueOf(file.getFileName()) : stem(file);
    }

    private static String lowerStem(Path file) {
        return stem(file).toLowerCase(Locale.ROOT);
    }

    private static String stem(Path file) {
        var name = String.valueOf(file.getFileName());
        var dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }
}
