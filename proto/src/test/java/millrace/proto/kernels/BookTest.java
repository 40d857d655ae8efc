package millrace.proto.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import millrace.proto.BadInput;
import millrace.proto.Blob;
import millrace.proto.Join;
import millrace.proto.KernelType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BookTest {
    private static final KernelType<MonteCarlo> TYPE = KernelType.of(MonteCarlo.class);

    @TempDir
    Path folder;

    @Test
    void whatABookLeavesOutIsAsTheJobSays() {
        var book = read(
                "\ufeffstrike, payoff ,id,barrier\r\n90,,\"a,\"\"b\",\r\n\r\n95,barrier,c,130\n", "volatility", "0.3");
        assertThat(book.contracts()).isEqualTo(2);
        assertThat(book.contract(0)).isEqualTo(TYPE.parse(Map.of("strike", "90", "volatility", "0.3")));
        assertThat(book.contract(1))
                .isEqualTo(
                        TYPE.parse(Map.of("strike", "95", "volatility", "0.3", "payoff", "barrier", "barrier", "130")));
        var none = new MonteCarlo.Greeks(0, 0, 0);
        assertThat(book.line(0, new MonteCarlo.Estimate(new MonteCarlo.Greeks(1.5, 0.25, 3), none)))
                .isEqualTo("\"a,\"\"b\",european,call,100.0,90.0,0.05,0.3,0.0,1.0,64,0.0,up-and-out,10000000,0,"
                        + "1.5,0.25,3.0,0.0,0.0,0.0\n");
        assertThat(Book.HEADER.split(","))
                .hasSize(20)
                .startsWith("id", "payoff")
                .endsWith("vega-error\n");
    }

    @Test
    void contractsWithoutAnIdAreNumbered() {
        var zero = new MonteCarlo.Greeks(0, 0, 0);
        assertThat(read("strike\n90\n95\n").line(1, new MonteCarlo.Estimate(zero, zero)))
                .startsWith("2,european");
    }

    @Test
    void everyWrongLineIsToldAndNothingIsSubmitted() throws IOException {
        var file = Files.writeString(
                folder.resolve("book.csv"),
                "payoff,strike,barrier\neuropean,90,0\nasien,90,0\nbarrier,100,90\neuropean,-1,0\neuropean,90\n");
        assertThatThrownBy(() -> TYPE.complete(Map.of("book", file.toString())))
                .isInstanceOfSatisfying(
                        BadInput.class,
                        e -> assertThat(e.problems())
                                .containsExactly(
                                        file
                                                + ", line 3: --payoff is 'asien', allowed: european, asian, geometric-asian,"
                                                + " barrier",
                                        file + ", line 4: --barrier is 90.0, allowed: above --spot, which is 100.0",
                                        file + ", line 5: --strike is '-1', allowed: a number 1e-6..1e9",
                                        file + ", line 6: 2 fields, allowed 3, as in the first line"));
    }

    @Test
    void problemsOfAHugeBookAreNotAllTold() {
        assertThatThrownBy(() -> read("strike\n" + "x\n".repeat(1000)))
                .isInstanceOfSatisfying(
                        BadInput.class, e -> assertThat(e.problems()).hasSize(20));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|b is empty, allowed: a line that names columns, and lines of contracts",
                "strike,colour|b has a column 'colour', allowed: id, payoff,",
                "strike,strike|b has two columns 'strike'",
                "book|b has a column 'book'",
                "id,strike;\"a,1|b, line 2: a field in quotes does not end",
                "id,strike;\"a\"x,1|b, line 2: something follows a field in quotes",
            })
    void whatIsNoBookIsRefused(String text, String message) {
        assertThatThrownBy(() -> read(text.replace(';', '\n')))
                .isInstanceOf(BadInput.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void binaryFilesAreRefused() {
        var bytes = MemorySegment.ofArray(new byte[] {(byte) 0xff, 0, 1});
        assertThatThrownBy(() -> Book.read("b", bytes, TYPE.parse(Map.of()))).hasMessage("b is no text in UTF-8");
    }

    @Test
    void contractsOfAJobAreThoseOfItsBook() throws IOException {
        var file = Files.writeString(folder.resolve("book.csv"), "strike\n90\n95\n");
        var texts = TYPE.complete(Map.of("book", file.toString(), "paths", "1000"));
        assertThat(texts).containsEntry("contracts", "2");
        texts.put("book", Blob.of(file).toString());
        var job = TYPE.parse(texts);
        assertThat(job.items()).isEqualTo(2);
        assertThat(job.join()).isEqualTo(new Join.Concatenation());
        assertThat(job.fileSuffix()).isEqualTo(".csv");
        assertThatThrownBy(() -> TYPE.parse(Map.of("contracts", "2")))
                .hasMessage("--contracts is 2, allowed: only 0 without --book");
    }

    private static Book read(String text, String... parameters) {
        return Book.read(
                "b",
                MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8)),
                TYPE.parse(parameters.length == 0 ? Map.of() : Map.of(parameters[0], parameters[1])));
    }
}
