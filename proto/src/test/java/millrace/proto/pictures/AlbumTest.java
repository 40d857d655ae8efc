package millrace.proto.pictures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import millrace.proto.BadInput;
import millrace.proto.KernelType;
import millrace.proto.kernels.Convolve;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlbumTest {
    private static final KernelType<Convolve> TYPE = KernelType.of(Convolve.class);

    private final Random random = new Random(7);

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "TYPE_3BYTE_BGR, 3",
        "TYPE_INT_RGB, 3",
        "TYPE_4BYTE_ABGR, 4",
        "TYPE_INT_ARGB, 4",
        "TYPE_BYTE_GRAY, 1",
        "TYPE_USHORT_GRAY, 1",
        "TYPE_BYTE_BINARY, 3",
        "TYPE_BYTE_INDEXED, 3"
    })
    void pixelsAreThoseOfTheFile(String type, int channels) throws Exception {
        var image = new BufferedImage(31, 70, BufferedImage.class.getField(type).getInt(null));
        for (var y = 0; y < image.getHeight(); y++) {
            for (var x = 0; x < image.getWidth(); x++) {
                image.setRGB(x, y, random.nextInt());
            }
        }
        ImageIO.write(image, "png", folder.resolve("p.png").toFile());
        var read = ImageIO.read(folder.resolve("p.png").toFile());
        var album = album();
        var picture = album.pictures().getFirst();
        assertThat(picture.shape()).isEqualTo(new Shape("p", 31, 70, channels));
        assertThat(album.strips()).isEqualTo(2);
        var row = new byte[picture.shape().rowBytes()];
        for (var y = 0; y < 70; y++) {
            album.row(picture, y, row);
            for (var x = 0; x < 31; x++) {
                var pixel = read.getRGB(x, y);
                var expected = switch (channels) {
                    // Not by way of getRGB: Java takes grey for linear light.
                    case 1 -> new int[] {read.getRaster().getSample(x, y, 0) >> (type.contains("USHORT") ? 8 : 0)};
                    case 3 -> new int[] {pixel >> 16 & 255, pixel >> 8 & 255, pixel & 255};
                    default -> new int[] {pixel >> 16 & 255, pixel >> 8 & 255, pixel & 255, pixel >>> 24};
                };
                for (var c = 0; c < channels; c++) {
                    assertThat(row[x * channels + c] & 255)
                            .as("x %d y %d channel %d", x, y, c)
                            .isEqualTo(expected[c]);
                }
            }
        }
    }

    @Test
    void picturesAreInTheOrderOfTheirNamesAndKeepThemApart() throws IOException {
        for (var name : new String[] {"b.png", "a.jpg", "B.JPEG", "c.d.png"}) {
            picture(name, 5, 130);
        }
        Files.writeString(folder.resolve("notes.txt"), "not a picture, and none of ours");
        Files.writeString(folder.resolve(".hidden.png"), "what another program left");
        Files.createDirectory(folder.resolve("more.png"));
        var album = album();
        assertThat(album.pictures().stream().map(one -> one.shape().name()))
                .containsExactly("B.JPEG", "a", "b.png", "c.d");
        assertThat(album.strips()).isEqualTo(4 * 3);
        for (var strip = 0; strip < 12; strip++) {
            assertThat(album.pictureOf(strip)).isEqualTo(album.pictures().get(strip / 3));
        }
    }

    /// What a camera notes, and which corner of what it stored is then the upper left one.
    @ParameterizedTest
    @CsvSource({"1, 0, 0", "2, 1, 0", "3, 1, 1", "4, 0, 1", "5, 0, 0", "6, 0, 1", "7, 1, 1", "8, 1, 0"})
    void photographStandsUprightAsTheCameraWasHeld(int number, int cornerX, int cornerY) throws IOException {
        // Quarters, for JPEG blurs single pixels.
        var image = new BufferedImage(32, 16, BufferedImage.TYPE_3BYTE_BGR);
        image.createGraphics().fillRect(cornerX * 16, cornerY * 8, 16, 8);
        var jpeg = new ByteArrayOutputStream();
        ImageIO.write(image, "jpg", jpeg);
        var exif = new byte[] {
            (byte) 0xff,
            (byte) 0xe1,
            0,
            34,
            'E',
            'x',
            'i',
            'f',
            0,
            0,
            'M',
            'M',
            0,
            42,
            0,
            0,
            0,
            8,
            0,
            1,
            1,
            0x12,
            0,
            3,
            0,
            0,
            0,
            1,
            0,
            (byte) number,
            0,
            0,
            0,
            0,
            0,
            0
        };
        var file = new ByteArrayOutputStream();
        file.write(jpeg.toByteArray(), 0, 2);
        file.writeBytes(exif);
        file.write(jpeg.toByteArray(), 2, jpeg.size() - 2);
        Files.write(folder.resolve("p.jpg"), file.toByteArray());
        var album = album();
        var picture = album.pictures().getFirst();
        var turned = number >= 5;
        assertThat(picture.shape()).isEqualTo(new Shape("p", turned ? 16 : 32, turned ? 32 : 16, 3));
        var row = new byte[picture.shape().rowBytes()];
        for (var y = 0; y < picture.shape().height(); y += 2) {
            album.row(picture, y, row);
            for (var x = 0; x < picture.shape().width(); x += 2) {
                var white = 2 * x < picture.shape().width()
                        && 2 * y < picture.shape().height();
                assertThat(row[3 * x] & 255).as("x %d y %d", x, y).isBetween(white ? 200 : 0, white ? 255 : 55);
            }
        }
    }

    @Test
    void everyPictureThatIsNoneIsNamedAtOnce() throws IOException {
        picture("a.jpg", 100, 100);
        picture("b.png", 100, 100);
        for (var name : new String[] {"a.jpg", "b.png"}) {
            var bytes = Files.readAllBytes(folder.resolve(name));
            Files.write(folder.resolve(name), Arrays.copyOf(bytes, bytes.length / 2));
        }
        Files.writeString(folder.resolve("c.png"), "no picture");
        Files.write(folder.resolve("d.jpg"), new byte[0]);
        Files.write(folder.resolve("e.jpeg"), new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff, 0, 0});
        assertThatThrownBy(this::album)
                .isInstanceOf(BadInput.class)
                .satisfies(e -> assertThat(((BadInput) e).problems()).hasSize(5))
                .hasMessageContaining(folder.resolve("a.jpg") + " is no picture that can be used: ")
                .hasMessageContaining(folder.resolve("b.png") + " is no picture that can be used: ")
                .hasMessageContaining(
                        folder.resolve("c.png") + " is no picture that can be used, allowed: PNG and JPEG files")
                .hasMessageContaining(folder.resolve("d.jpg") + " is no picture that can be used")
                .hasMessageContaining(folder.resolve("e.jpeg") + " is no picture that can be used");
    }

    @Test
    void folderWithoutPicturesAndFilesThatVanishedAreTold() throws IOException {
        Files.writeString(folder.resolve("notes.txt"), "");
        assertThatThrownBy(this::album)
                .hasMessage(
                        folder + " holds no picture, allowed: a folder with files that end with .png, .jpg or .jpeg,"
                                + " or one of them");
        var gone = folder.resolve("gone.png");
        assertThatThrownBy(() -> AlbumMaker.write(gone, new ByteArrayOutputStream()))
                .hasMessage(gone + " vanished before it was read");
    }

    @Test
    void brokenAlbumsAreRefused() throws IOException {
        picture("a.png", 10, 10);
        var bytes = new ByteArrayOutputStream();
        AlbumMaker.write(folder, bytes);
        var whole = bytes.toByteArray();
        for (var length = 0; length < whole.length; length++) {
            var part = MemorySegment.ofArray(Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> new Album(part)).isInstanceOf(BadInput.class);
        }
        for (var i = whole.length - 35; i < whole.length; i++) {
            var harmed = whole.clone();
            harmed[i] ^= 0x40;
            try {
                // What it still says must be of pixels that are there.
                for (var picture : new Album(MemorySegment.ofArray(harmed)).pictures()) {
                    assertThat(picture.offset() + picture.shape().bytes()).isLessThanOrEqualTo(whole.length);
                }
            } catch (BadInput e) {
                assertThat(e).hasMessageContaining("no album");
            }
        }
    }

    @Test
    void optionsOfPhotographsAndArraysDoNotMix() {
        var blob = "sha256:" + "1".repeat(64) + ":77";
        assertThatThrownBy(() -> TYPE.parse(Map.of()))
                .hasMessage("kernel convolve needs --images with --filter, or --image with --filters");
        assertThatThrownBy(() -> TYPE.parse(Map.of("images", blob, "strips", "3")))
                .hasMessageStartingWith("kernel convolve needs --filter beside --images, allowed: gaussian");
        assertThatThrownBy(() -> TYPE.parse(Map.of("filter", "sobel")))
                .hasMessage("kernel convolve needs --images with --filter, or --image with --filters");
        assertThatThrownBy(() -> TYPE.parse(
                        Map.of("images", blob, "strips", "3", "filter", "sobel", "image", blob, "stride", "2")))
                .hasMessage("--image and --filters are of arrays, allowed: without --images\n"
                        + "--stride is 2, allowed: only 1 with --images");
        var job = TYPE.parse(Map.of("images", blob, "strips", "3", "filter", "sobel"));
        assertThat(job.items()).isEqualTo(3);
        assertThat(job.folder()).isTrue();
    }

    private void picture(String name, int width, int height) throws IOException {
        var image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
        for (var y = 0; y < height; y++) {
            for (var x = 0; x < width; x++) {
                image.setRGB(x, y, random.nextInt());
            }
        }
        var format = name.endsWith("png") ? "png" : "jpg";
        assertThat(ImageIO.write(image, format, folder.resolve(name).toFile())).isTrue();
    }

    private Album album() throws IOException {
        var bytes = new ByteArrayOutputStream();
        AlbumMaker.write(folder, bytes);
        return new Album(MemorySegment.ofArray(bytes.toByteArray()));
    }
}
