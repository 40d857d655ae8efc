package millrace.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import millrace.proto.BadInput;
import millrace.proto.KernelType;
import millrace.proto.OutputSource;
import millrace.proto.Ranges;
import millrace.proto.Work;
import millrace.proto.kernels.MonteCarlo;
import org.junit.jupiter.api.Test;

class BookKernelTest {
    private static final KernelType<MonteCarlo> TYPE = KernelType.of(MonteCarlo.class);
    private static final Work WORK = () -> false;
    private static final List<String> PAYOFFS = List.of("european", "asian", "geometric-asian", "barrier");

    private final MonteCarloKernel kernel = new MonteCarloKernel();
    private final BlobWork work = new BlobWork();

    @Test
    void eachContractHasTheValuesItHasAlone() throws Exception {
        var csv = new StringBuilder("payoff,option,strike,steps,barrier,seed\n");
        for (var i = 0; i < 40; i++) {
            var payoff = PAYOFFS.get(i % 4);
            csv.append("%s,%s,%d,%d,%d,%d\n"
                    .formatted(payoff, i % 2 == 0 ? "call" : "put", 80 + i, 1 + i, i % 4 == 3 ? 140 : 0, i));
        }
        var job = book(csv.toString(), 40);
        var lines = lines(job);
        assertThat(lines).hasSize(41);
        for (var i = 0; i < 40; i++) {
            var columns = csv.toString()
                    .lines()
                    .skip(i + 1L)
                    .findFirst()
                    .orElseThrow()
                    .split(",");
            var alone = TYPE.parse(Map.of(
                    "payoff", columns[0],
                    "option", columns[1],
                    "strike", columns[2],
                    "steps", columns[3],
                    "barrier", columns[4],
                    "seed", columns[5],
                    "paths", "3000"));
            var estimate = alone.estimate(kernel.compute(alone, WORK, 0, 3000), 3000);
            assertThat(lines[i + 1])
                    .startsWith(i + 1 + "," + columns[0])
                    .contains("," + estimate.mean().price() + ","
                            + estimate.mean().delta() + ",")
                    .endsWith("," + estimate.error().vega());
        }
    }

    @Test
    void bookOfAnotherNumberOfContractsIsRefused() {
        var job = book("strike\n90\n", 2);
        assertThatThrownBy(() -> kernel.compute(job, work, 0, 1))
                .isInstanceOf(BadInput.class)
                .hasMessage("the book has 1 contracts, the job says 2");
    }

    private MonteCarlo book(String csv, int contracts) {
        var texts = new TreeMap<String, String>();
        texts.put("book", work.put(csv.getBytes(StandardCharsets.UTF_8)).toString());
        texts.put("contracts", Integer.toString(contracts));
        texts.put("paths", "3000");
        return TYPE.parse(texts);
    }

    /// Computed in pieces of three.
    private String[] lines(MonteCarlo job) throws Exception {
        var bytes = new ByteArrayOutputStream();
        for (var first = 0L; first < job.items(); first += 3) {
            bytes.writeBytes(kernel.compute(job, work, first, Math.min(job.items(), first + 3)));
        }
        var out = new ByteArrayOutputStream();
        job.write(OutputSource.of(bytes.toByteArray()), Ranges.of(0, job.items()), out);
        assertThat(kernel.compute(job, work, 0, job.items())).isEqualTo(bytes.toByteArray());
        return out.toString(StandardCharsets.UTF_8).split("\n");
    }
}
