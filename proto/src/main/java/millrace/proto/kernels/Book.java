package millrace.proto.kernels;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import millrace.proto.BadInput;
import millrace.proto.Blob;
import millrace.proto.Intake;
import millrace.proto.KernelType;
import millrace.proto.Text;

/// A book of contracts for [MonteCarlo], as CSV (RFC 4180) in UTF-8: the first line names the columns, each a parameter
/// or `id`; what has no column, or an empty field, is as the job says for all. Immutable.
public final class Book {
    /// The most bytes of a book.
    public static final int BYTES_MAX = 256 << 20;

    /// The most contracts of a book.
    public static final int CONTRACTS_MAX = 1_000_000;

    /// Wrong lines that are told of; nobody reads more at once.
    private static final int PROBLEMS_MAX = 20;

    private static final String ID = "id";
    private static final KernelType<MonteCarlo> TYPE = KernelType.of(MonteCarlo.class);

    /// What a contract is, of all parameters: the book itself is not.
    private static final List<String> COLUMNS = TYPE.parameters().stream()
            .map(parameter -> parameter.name())
            .filter(name -> !name.equals("book") && !name.equals("contracts"))
            .toList();

    private static final List<String> RESULTS =
            List.of("price", "delta", "vega", "price-error", "delta-error", "vega-error");

    /// The first line of the output.
    static final String HEADER = ID + "," + String.join(",", COLUMNS) + "," + String.join(",", RESULTS) + "\n";

    private final List<String> ids;
    private final List<MonteCarlo> contracts;

    private Book(List<String> ids, List<MonteCarlo> contracts) {
        this.ids = List.copyOf(ids);
        this.contracts = List.copyOf(contracts);
    }

    /// @param name of the file, for messages
    /// @param job  gives what the book leaves out
    /// @throws BadInput with the first wrong lines, or when it is no book at all
    public static Book read(String name, MemorySegment bytes, MonteCarlo job) {
        var texts = new TreeMap<>(TYPE.parameters(job));
        texts.keySet().retainAll(COLUMNS);
        if (bytes.byteSize() > BYTES_MAX) {
            throw new BadInput("%s has %d bytes, allowed %d".formatted(name, bytes.byteSize(), BYTES_MAX));
        }
        return read(name, bytes.toArray(ValueLayout.JAVA_BYTE), texts);
    }

    private static Book read(String name, byte[] bytes, Map<String, String> others) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new BadInput(name + " is no text in UTF-8");
        }
        var reader = new CsvReader(name, text.startsWith("\ufeff") ? text.substring(1) : text);
        var header = columns(name, reader);
        var ids = new ArrayList<String>();
        var contracts = new ArrayList<MonteCarlo>();
        var problems = new ArrayList<String>();
        while (reader.next() && problems.size() < PROBLEMS_MAX) {
            var line = reader.line();
            var fields = reader.fields();
            if (fields.size() != header.size()) {
                problems.add("%s, line %d: %d fields, allowed %d, as in the first line"
                        .formatted(name, line, fields.size(), header.size()));
                continue;
            }
            if (contracts.size() == CONTRACTS_MAX) {
                problems.add("%s, line %d: allowed are %,d contracts".formatted(name, line, CONTRACTS_MAX));
                break;
            }
            var contract = new TreeMap<>(others);
            var id = Integer.toString(contracts.size() + 1);
            for (var i = 0; i < fields.size(); i++) {
                if (header.get(i).equals(ID)) {
                    id = fields.get(i);
                } else if (!fields.get(i).isBlank()) {
                    contract.put(header.get(i), fields.get(i));
                }
            }
            try {
                contracts.add(TYPE.parse(contract));
                ids.add(id);
            } catch (BadInput e) {
                e.problems().forEach(problem -> problems.add("%s, line %d: %s".formatted(name, line, problem)));
            }
        }
        if (!problems.isEmpty()) {
            throw new BadInput(problems.subList(0, Math.min(PROBLEMS_MAX, problems.size())));
        }
        return new Book(ids, contracts);
    }

    private static List<String> columns(String name, CsvReader reader) {
        if (!reader.next()) {
            throw new BadInput(name + " is empty, allowed: a line that names columns, and lines of contracts");
        }
        var header = reader.fields().stream().map(String::strip).toList();
        var seen = new HashSet<String>();
        for (var column : header) {
            if (!column.equals(ID) && !COLUMNS.contains(column)) {
                throw new BadInput("%s has a column '%s', allowed: %s, %s"
                        .formatted(name, Text.line(column, 60), ID, String.join(", ", COLUMNS)));
            }
            if (!seen.add(column)) {
                throw new BadInput("%s has two columns '%s'".formatted(name, column));
            }
        }
        return header;
    }

    /// The number of contracts.
    public int contracts() {
        return contracts.size();
    }

    /// @param index 0 and up
    public MonteCarlo contract(int index) {
        return contracts.get(index);
    }

    /// @throws BadInput when it has another number of contracts
    public void requireContracts(int expected) {
        if (contracts.size() != expected) {
            throw new BadInput("the book has %d contracts, the job says %d".formatted(contracts.size(), expected));
        }
    }

    /// The line of the output, with its line feed.
    public String line(int index, MonteCarlo.Estimate estimate) {
        Map<String, String> texts = TYPE.parameters(contracts.get(index));
        var mean = estimate.mean();
        var error = estimate.error();
        return CsvReader.quoted(ids.get(index)) + ","
                + COLUMNS.stream().map(texts::get).collect(Collectors.joining(",")) + ","
                + mean.price() + "," + mean.delta() + "," + mean.vega() + ","
                + error.price() + "," + error.delta() + "," + error.vega() + "\n";
    }

    /// Reads the book before the job is submitted: every wrong line is told, and the contracts are counted.
    static final class Rows implements Intake {
        @Override
        public void complete(Given given) throws IOException {
            var file = given.file("book");
            if (file.isPresent()) {
                var name = file.get().toString();
                if (Files.size(file.get()) > BYTES_MAX) {
                    throw new BadInput(
                            "%s has %d bytes, allowed %d".formatted(name, Files.size(file.get()), BYTES_MAX));
                }
                Map<String, String> others = new TreeMap<>(given.texts());
                others.keySet().retainAll(COLUMNS);
                // With a book that is not empty: what it leaves out need not be a contract by itself.
                var all = new TreeMap<>(others);
                all.put("book", Blob.of(new byte[1]).toString());
                TYPE.parse(all);
                given.follows(
                        "contracts",
                        read(name, Files.readAllBytes(file.get()), others).contracts(),
                        name);
            }
        }
    }
}
