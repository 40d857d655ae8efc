package millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import millrace.proto.Blob;
import millrace.proto.BlobMissing;
import millrace.proto.BlobPlace;
import millrace.proto.Result;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoresTest {
    private record Told(long ticket, Result.Answer answer, Result.Cost cost, long held) {}

    private final BlockingQueue<Told> told = new ArrayBlockingQueue<>(10);
    private final BlockingQueue<Long> putting = new ArrayBlockingQueue<>(10);
    private final CountDownLatch store = new CountDownLatch(1);
    private final BlobCache blobs = new BlobCache(Path.of("nowhere"), Blob.BYTES_MAX, (blob, _, _) -> {
        throw new BlobMissing(blob, "nobody put it");
    });
    private final Shelf shelf = new Shelf(System::nanoTime, () -> false);
    private final Cores cores = new Cores(
            2,
            new Supplies(blobs, shelf, new LargeValues((blob, _, _) -> {
                try {
                    store.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return () -> new BlobPlace(blob, 1, 1, List.of(0L, 1L), 0);
            })),
            new Cores.Listener() {
                @Override
                public void putting(long ticket) {
                    putting.add(ticket);
                }

                @Override
                public void computed(long ticket, Result.Answer answer, Result.Cost cost, long held) {
                    told.add(new Told(ticket, answer, cost, held));
                }
            });

    @AfterEach
    void close() {
        cores.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3}) // as many as there are cores, and one beside them
    void tasksAreComputedAtOnceBelowAllOtherThreads(int tasks) throws InterruptedException {
        var all = new CountDownLatch(tasks);
        CountKernel.Body math = (_, _, _) -> {
            all.countDown();
            all.await();
            return new byte[] {(byte) Thread.currentThread().getPriority()};
        };
        for (var ticket = 1; ticket <= tasks; ticket++) {
            compute(ticket, math);
        }
        for (var i = 0; i < tasks; i++) {
            assertThat(next().answer())
                    .isInstanceOfSatisfying(
                            Result.Done.class,
                            done -> assertThat(done.value().byteAt(0)).isEqualTo((byte) Thread.MIN_PRIORITY));
        }
    }

    @Test
    void coresComputeOnWhileValuesArePut() throws InterruptedException {
        for (var ticket = 1; ticket <= 4; ticket++) { // more than there are threads
            compute(ticket, (_, _, _) -> new byte[Result.VALUE_MAX + 1]);
            assertThat(putting.poll(1, TimeUnit.MINUTES)).isEqualTo(ticket);
        }
        assertThat(told).isEmpty();
        assertThat(cores.running()).isZero();
        store.countDown();
        for (var ticket = 1; ticket <= 4; ticket++) {
            assertThat(next().answer())
                    .isInstanceOfSatisfying(
                            Result.Done.class, done -> assertThat(done.place()).isNotNull());
        }
    }

    @Test
    void costIsThatOfTheComputingThread() throws InterruptedException {
        compute(1, (_, _, _) -> {
            var megabytes = new byte[5][];
            for (var i = 0; i < megabytes.length; i++) {
                megabytes[i] = new byte[1_000_000];
            }
            return megabytes[4].length == 0 ? new byte[2] : new byte[1];
        });
        var next = next();
        var cost = next.cost();
        assertThat(cost.allocatedBytes()).isBetween(5_000_000L, 20_000_000L);
        assertThat(next.held()).as("of that").isBetween(1L, cost.allocatedBytes());
        assertThat(cost.cpuNanos()).isPositive();
        assertThat(cost.wallNanos()).isPositive();
        assertThat(cost.queueNanos()).isZero();
    }

    @Test
    void cancelReachesTheKernelOfThatTaskOnly() throws InterruptedException {
        CountKernel.Body math = (work, _, _) -> {
            while (true) {
                work.checkCancelled();
                Thread.onSpinWait();
            }
        };
        compute(1, math);
        compute(2, math);
        cores.cancel(3);
        cores.cancel(2);
        assertThat(next().ticket()).isEqualTo(2);
        assertThat(told).isEmpty();
        cores.cancel(1);
        assertThat(next().ticket()).isEqualTo(1);
    }

    @Test
    void interruptionOfOneKernelIsNotTheNextOnes() throws InterruptedException {
        CountKernel.Body math = (_, _, _) -> {
            var before = Thread.currentThread().isInterrupted();
            Thread.currentThread().interrupt();
            return new byte[] {(byte) (before ? 1 : 0)};
        };
        for (var ticket = 1; ticket <= 4; ticket++) { // more than there are threads
            compute(ticket, math);
            assertThat(next().answer())
                    .isInstanceOfSatisfying(
                            Result.Done.class,
                            done -> assertThat(done.value().byteAt(0)).isZero());
        }
    }

    @Test
    void missingBlobHandsTheTaskBack() throws InterruptedException {
        var blob = Blob.of(new byte[1]);
        compute(1, (work, _, _) -> new byte[(int) work.blob(blob).byteSize()]);
        var next = next();
        assertThat(next.answer())
                .isEqualTo(new Result.HandedBack(
                        Result.HandBackReason.BLOB, "blob " + blob.hex() + " (1 bytes): nobody put it"));
        assertThat(next.cost().extra().blobNanos()).isPositive();
    }

    @Test
    void whatIsKeptWarmIsMadeOnceAndCountedApart() throws InterruptedException {
        CountKernel.Body math = (work, _, _) -> work.warm("table", () -> {
            var until = System.nanoTime() + 2_000_000;
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            return new byte[] {7};
        });
        compute(1, math);
        var first = next();
        compute(2, math);
        var second = next();
        assertThat(first.answer()).isEqualTo(second.answer());
        assertThat(first.cost().extra().warmNanos())
                .isBetween(2_000_000L, first.cost().wallNanos());
        assertThat(shelf.size()).isEqualTo(1);
    }

    private void compute(long ticket, CountKernel.Body math) {
        cores.compute(new Action.Compute(
                ticket,
                DeskRig.task(ticket),
                new Ready<>(new CountKernel(1, math), new Count(DeskRig.ITEMS), DeskRig.ITEMS)));
    }

    private Told next() throws InterruptedException {
        var next = told.poll(1, TimeUnit.MINUTES);
        assertThat(next).as("something is computed").isNotNull();
        return next;
    }
}
