package millrace.proto.pictures;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// How a camera was held: what has to be done with the stored rows so that the picture stands upright. Cameras note it
/// in a JPEG file (CIPA DC-008, "Exchangeable image file format", tag 274) and leave the pixels as the sensor gave
/// them.
///
/// @param swapped  whether rows are columns
/// @param mirrored whether then left is right
/// @param flipped  whether then top is bottom
record Orientation(boolean swapped, boolean mirrored, boolean flipped) {
    static final Orientation UPRIGHT = new Orientation(false, false, false);

    private static final int TAG = 0x0112;
    private static final int APP1 = 0xe1;
    private static final int START_OF_SCAN = 0xda;
    private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);

    /// Of the number in the file, 1 to 8; others stand for nothing.
    static Orientation of(int number) {
        return switch (number) {
            case 2 -> new Orientation(false, true, false);
            case 3 -> new Orientation(false, true, true);
            case 4 -> new Orientation(false, false, true);
            case 5 -> new Orientation(true, false, false);
            case 6 -> new Orientation(true, true, false);
            case 7 -> new Orientation(true, true, true);
            case 8 -> new Orientation(true, false, true);
            default -> UPRIGHT;
        };
    }

    /// Of a JPEG file; upright when it does not say.
    static Orientation of(Path file) throws IOException {
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            if (in.read() != 0xff || in.read() != 0xd8) {
                return UPRIGHT;
            }
            while (in.read() == 0xff) {
                var marker = in.read();
                while (marker == 0xff) {
                    marker = in.read();
                }
                if (marker < 0 || marker == START_OF_SCAN) {
                    return UPRIGHT;
                }
                var high = in.read();
                var low = in.read();
                var length = (high << 8 | low) - 2;
                if (high < 0 || low < 0 || length < 0) {
                    return UPRIGHT;
                }
                var segment = in.readNBytes(length);
                if (marker == APP1 && begins(segment)) {
                    return of(number(ByteBuffer.wrap(segment, EXIF.length, segment.length - EXIF.length)
                            .slice()));
                }
            }
            return UPRIGHT;
        }
    }

    private static boolean begins(byte[] segment) {
        return segment.length > EXIF.length && java.util.Arrays.equals(segment, 0, EXIF.length, EXIF, 0, EXIF.length);
    }

    /// The number in a TIFF header's first directory, 0 when there is none: a picture with a broken note is a picture.
    private static int number(ByteBuffer tiff) {
        try {
            tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
            tiff.position(tiff.getInt(4));
            var entries = Short.toUnsignedInt(tiff.getShort());
            for (var i = 0; i < entries; i++) {
                var at = tiff.position();
                if (Short.toUnsignedInt(tiff.getShort()) == TAG) {
                    return Short.toUnsignedInt(tiff.getShort(at + 8));
                }
                tiff.position(at + 12);
            }
            return 0;
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            return 0;
        }
    }
}
