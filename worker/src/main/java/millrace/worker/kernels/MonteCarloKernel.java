package millrace.worker.kernels;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import millrace.proto.CancelledException;
import millrace.proto.ExactSum;
import millrace.proto.Kernel;
import millrace.proto.Work;
import millrace.proto.kernels.Book;
import millrace.proto.kernels.MonteCarlo;

/// Simulates paths in [Batch]es and adds up exactly what they pay; of one contract, or of each of a book.
public final class MonteCarloKernel implements Kernel<MonteCarlo> {
    private static final int NORMALS_BETWEEN_CHECKS = 1 << 20;

    @Override
    public Class<MonteCarlo> description() {
        return MonteCarlo.class;
    }

    @Override
    public byte[] compute(MonteCarlo job, Work work, long first, long end) throws Exception {
        if (job.book().isEmpty()) {
            return simulate(job, work, first, end);
        }
        // All parameters count: they stand for what the book leaves out.
        var book = work.warm("montecarlo " + job, () -> Book.read("the book", work.blob(job.book()), job));
        book.requireContracts(job.contracts());
        var lines = new StringBuilder();
        for (var item = (int) first; item < end; item++) {
            var contract = book.contract(item);
            lines.append(book.line(
                    item, contract.estimate(simulate(contract, work, 0, contract.paths()), contract.paths())));
        }
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] simulate(MonteCarlo contract, Work work, long first, long end) throws CancelledException {
        var sums = new ExactSum[MonteCarlo.SUMS];
        Arrays.setAll(sums, i -> new ExactSum());
        var batch = new Batch(contract);
        var unchecked = 0L;
        for (var start = first - first % Normals.BATCH; start < end; start += Normals.BATCH) {
            unchecked += (long) contract.looks() * Normals.BATCH;
            if (unchecked >= NORMALS_BETWEEN_CHECKS) {
                unchecked = 0;
                work.checkCancelled();
            }
            batch.run(start);
            batch.add(sums, (int) Math.max(0, first - start), (int) Math.min(Normals.BATCH, end - start));
        }
        return ExactSum.encode(sums);
    }
}
