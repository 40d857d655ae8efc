package millrace.proto.arrays;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import millrace.proto.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyTest {
    private static final Path PYTHON = Path.of("/usr/bin/python3");

    @TempDir
    Path folder;

    /// numpy writes arrays of every type, shape and order, and their values as text beside them.
    @Test
    void whatNumpyWritesIsRead() throws Exception {
        numpy("""
                import itertools
                random = np.random.RandomState(5)
                codes = ['|b1', '|i1', '|u1'] + [o + c for o in '<>'
                        for c in ('i2', 'i4', 'i8', 'u2', 'u4', 'u8', 'f4', 'f8', 'c8', 'c16')]
                shapes = [(), (0,), (1,), (7,), (3, 4), (2, 0, 3), (1, 5, 1), (2, 3, 4, 5)]
                with open('expected', 'w') as expected:
                    for n, (code, shape, order) in enumerate(itertools.product(codes, shapes, 'CF')):
                        bits = random.bytes(int(np.prod(shape)) * np.dtype(code).itemsize)
                        a = np.frombuffer(bits, code).reshape(shape)
                        if code == '|b1':
                            a = np.frombuffer(bits, 'u1').reshape(shape) > 127
                        if a.dtype.kind in 'fc':
                            a = (random.normal(size=shape) * 1e10 + (1j if a.dtype.kind == 'c' else 0)).astype(code)
                        np.save('%d.npy' % n, np.array(a, order=order))
                        values = [float(x).hex() for e in a.ravel() for x in (e.real, e.imag)]
                        integers = [str(int(e)) for e in a.ravel()] if a.dtype.kind in 'biu' else []
                        print(';'.join([code, str(shape), ' '.join(values), ' '.join(integers)]), file=expected)
                """);
        var lines = Files.readAllLines(folder.resolve("expected"));
        assertThat(lines).hasSize(23 * 8 * 2);
        for (var n = 0; n < lines.size(); n++) {
            var line = lines.get(n).split(";", -1);
            var array = load(folder.resolve(n + ".npy"));
            assertThat(array.header().shapeText()).as("%s", lines.get(n)).isEqualTo(line[1]);
            assertThat(parts(array)).as("%s", lines.get(n)).isEqualTo(numbers(line[2]));
            if (!array.header().type().isComplex()) {
                var all = new double[(int) array.header().elements()];
                array.reals(0, all.length, all, 0);
                assertThat(all).isEqualTo(everySecond(numbers(line[2])));
                var from = all.length / 3;
                var some = new double[all.length - from + 1];
                array.reals(from, all.length - from, some, 1);
                assertThat(Arrays.copyOfRange(some, 1, some.length))
                        .isEqualTo(Arrays.copyOfRange(all, from, all.length));
            }
            var integers = line[3].isEmpty() ? new String[0] : line[3].split(" ");
            for (var i = 0; i < integers.length; i++) {
                assertThat(array.part(i, 0)).isEqualTo(new BigInteger(integers[i]).doubleValue());
            }
        }
    }

    @Test
    void whatWeWriteIsReadByNumpy() throws Exception {
        var shapes = List.of(new long[] {}, new long[] {0}, new long[] {6}, new long[] {2, 3}, new long[] {1, 2, 3, 1});
        var script = new ArrayList<String>();
        for (var type : NpyType.values()) {
            for (var shape : shapes) {
                var name =
                        type + "-" + shape.length + "-" + Arrays.stream(shape).sum() + ".npy";
                var header = Npy.of(type, shape);
                var file = ByteBuffer.allocate((int) header.fileBytes()).order(ByteOrder.LITTLE_ENDIAN);
                file.put(header.header());
                for (var i = 0; file.hasRemaining(); i = (i + 1) % 2) {
                    put(file, type, i);
                }
                Files.write(folder.resolve(name), file.array());
                script.add("check('%s', '%s', %s)".formatted(name, type.code(), header.shapeText()));
            }
        }
        numpy("""
                def check(name, code, shape):
                    a = np.load(name, allow_pickle=False)
                    assert a.dtype == np.dtype(code) and a.shape == shape, (name, a.dtype, a.shape)
                    alternating = np.arange(a.size) % 2
                    assert (a.ravel() == (alternating * 0 + 1j if a.dtype.kind == 'c' else alternating)).all(), (name, a)
                """ + String.join("\n", script) + "\n");
    }

    // 0 and 1 in turn; as the two parts of complex numbers they are all i.
    private static void put(ByteBuffer file, NpyType type, int value) {
        switch (type) {
            case BOOL, INT8, UINT8 -> file.put((byte) value);
            case INT16, UINT16 -> file.putShort((short) value);
            case INT32, UINT32 -> file.putInt(value);
            case INT64, UINT64 -> file.putLong(value);
            case FLOAT32, COMPLEX64 -> file.putFloat(value);
            case FLOAT64, COMPLEX128 -> file.putDouble(value);
        }
    }

    @ParameterizedTest
    @EnumSource(NpyType.class)
    void headersAreReadAsTheyWereWritten(NpyType type) throws IOException {
        var header = Npy.of(type, 3, 1, 5);
        var bytes = Arrays.copyOf(header.header(), (int) header.fileBytes());
        assertThat(array(bytes).header()).isEqualTo(header);
        assertThat(header.headerBytes() % 64).isZero();
    }

    @Test
    void headersOfThreeVersionsAndPythonTwoAreRead() throws IOException {
        var text = "{\"shape\": (2L, 3L), 'fortran_order': True, 'descr': '>u2'}\n";
        for (var version = 1; version <= 3; version++) {
            var file = file(version, text, 12);
            var header = array(file).header();
            assertThat(header).isEqualTo(new Npy(NpyType.UINT16, true, true, List.of(2L, 3L), file.length - 12));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "{'descr': '|O', 'fortran_order': False, 'shape': (1,)}; its elements are '|O', allowed: b1, i1",
                "{'descr': '<f2', 'fortran_order': False, 'shape': (1,)}; its elements are '<f2'",
                "{'descr': '|f8', 'fortran_order': False, 'shape': (1,)}; its elements are '|f8'",
                "{'descr': '', 'fortran_order': False, 'shape': (1,)}; its elements are ''",
                "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}; records of several fields",
                "{'descr': '<f8', 'fortran_order': 0, 'shape': (1,)}; expected at character 34: True or False",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}; expected at character 51: a number",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (1.5,)}; expected at character 52: ')'",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}; a number",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}; more than 2^63 bytes",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (2305843009213693951,)}; more than 2^63 bytes",
                "{'descr': '<f8', 'fortran_order': False}; expected at character 40: one dictionary of",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} x; one dictionary of",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'more': 1}; 'descr', 'fortran_order' or",
                "{'descr': '<f8; a text in quotes",
                "print('x'); expected at character 0: '{'",
            })
    void foreignHeadersAreRefused(String text, String message) {
        assertThatThrownBy(() -> array(file(1, text, 8)))
                .isInstanceOf(BadInput.class)
                .hasMessageStartingWith("a.npy is no array that can be used: ")
                .hasMessageContaining(message);
    }

    @Test
    void tooManyAxesAreRefused() {
        var text = "{'descr': '|u1', 'fortran_order': False, 'shape': (%s)}".formatted("1, ".repeat(65));
        assertThatThrownBy(() -> array(file(1, text, 1))).hasMessageContaining("has 65 axes, allowed at most 64");
    }

    @Test
    void headersOfGigabytesAreRefusedBeforeTheyAreRead() {
        var file = file(2, "{}", 0);
        file[11] = 127;
        assertThatThrownBy(() -> array(file)).hasMessageContaining("the header has 2130706434 bytes, allowed at most");
    }

    @Test
    void otherVersionsAreRefused() {
        assertThatThrownBy(() -> array(file(4, "{}", 0))).hasMessageContaining("version is 4.0, allowed: 1.0");
    }

    @Test
    void everyTruncatedFileIsRefusedAndSoAreLongerOnes() throws IOException {
        var header = Npy.of(NpyType.INT32, 2, 5);
        var whole = Arrays.copyOf(header.header(), (int) header.fileBytes());
        array(whole);
        for (var length = 0; length < whole.length; length++) {
            var cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> array(cut)).isInstanceOf(BadInput.class);
        }
        assertThatThrownBy(() -> array(Arrays.copyOf(whole, whole.length - 3)))
                .hasMessageContaining("165 bytes, but a i4 array of the shape (2, 5) has 168: it is truncated");
        assertThatThrownBy(() -> array(Arrays.copyOf(whole, whole.length + 1)))
                .hasMessageContaining("followed by something else");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void brokenHeadersAreRefusedOrRead(long seed) throws IOException {
        var random = new Random(seed);
        var whole = file(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }\n", 96);
        for (var i = 0; i < 5000; i++) {
            var broken = whole.clone();
            broken[random.nextInt(broken.length - 96)] = (byte) random.nextInt(256);
            try {
                assertThat(array(broken).header().fileBytes()).isEqualTo(broken.length);
            } catch (BadInput e) {
                assertThat(e).hasMessageContaining("a.npy");
            }
        }
    }

    @Test
    void complexNumbersAreNoRealOnes() throws IOException {
        var header = Npy.of(NpyType.COMPLEX64, 1);
        var array = array(Arrays.copyOf(header.header(), (int) header.fileBytes()));
        assertThatThrownBy(() -> array.reals(0, 1, new double[1], 0))
                .isInstanceOf(BadInput.class)
                .hasMessage("the array has complex numbers (c8), allowed: real ones");
    }

    private static byte[] file(int version, String text, int dataBytes) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
        var length = new byte[version == 1 ? 2 : 4];
        length[0] = (byte) text.length();
        out.writeBytes(length);
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(new byte[dataBytes]);
        return out.toByteArray();
    }

    private static NpyArray array(byte[] file) {
        return new NpyArray("a.npy", MemorySegment.ofArray(file));
    }

    private static NpyArray load(Path file) throws IOException {
        var bytes = Files.readAllBytes(file);
        var array = new NpyArray(file.toString(), MemorySegment.ofArray(bytes));
        assertThat(Npy.of(file)).isEqualTo(array.header());
        return array;
    }

    private static double[] parts(NpyArray array) {
        var parts = new double[2 * (int) array.header().elements()];
        for (var i = 0; i < parts.length; i++) {
            parts[i] = array.part(i / 2, i % 2);
        }
        return parts;
    }

    private static double[] numbers(String text) {
        return text.isEmpty()
                ? new double[0]
                : Arrays.stream(text.split(" "))
                        .mapToDouble(Double::parseDouble)
                        .toArray();
    }

    private static double[] everySecond(double[] numbers) {
        var half = new double[numbers.length / 2];
        Arrays.setAll(half, i -> numbers[2 * i]);
        return half;
    }

    private void numpy(String script) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(PYTHON), "no " + PYTHON);
        var file = Files.writeString(folder.resolve("script.py"), "import numpy as np\n" + script);
        var log = folder.resolve("log").toFile();
        var process = new ProcessBuilder(PYTHON.toString(), file.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        var status = process.waitFor();
        var said = Files.readString(log.toPath());
        assumeTrue(!said.contains("No module named 'numpy'"), "python3-numpy is not installed");
        assertThat(status).as(said).isZero();
    }
}
