package millrace.aggregator.console;

import java.util.Arrays;
import millrace.proto.Ranges;
import tools.jackson.databind.node.ObjectNode;

/// A job's items as cells, each an item, or so many items that there are not more than [#CELLS_MAX] cells.
final class TaskMap {
    static final int CELLS_MAX = 1_000_000;
    private static final int RUNS_MAX = 40_000;

    /// What a cell shows; the numbers are the API's, in this order.
    enum Cell {
        WAITING(0),
        IN_HAND(1),
        DONE(2),
        AGAIN(3),
        DEAD(4),
        PARTLY(5);

        private final byte number;

        Cell(int number) {
            this.number = (byte) number;
        }
    }

    private final long base;
    private final long end;
    private final long itemsPerCell;
    private final byte[] cells;

    private TaskMap(long base, long items, long itemsPerCell) {
        this.base = base;
        end = base + items;
        this.itemsPerCell = itemsPerCell;
        cells = new byte[(int) Math.ceilDiv(items, itemsPerCell)];
    }

    static ObjectNode of(FleetView view, JobRecord job) {
        var items = job.spec().items();
        var itemsPerCell = Math.max(1, Math.ceilDiv(items, (long) CELLS_MAX));
        while (true) {
            var map = new TaskMap(job.spec().first(), items, itemsPerCell);
            map.fill(view, job);
            var runs = map.runs();
            if (runs <= RUNS_MAX) {
                return map.write(items);
            }
            // So ragged a map would be heavier than its cells are worth.
            itemsPerCell *= 2;
        }
    }

    private void fill(FleetView view, JobRecord job) {
        fill(job.done(), Cell.DONE);
        if (job.isOpen()) {
            for (var worker : view.workers()) {
                for (var holding : worker.heartbeat().holdings()) {
                    if (holding.job().equals(job.id())) {
                        touch(holding.first(), holding.end(), Cell.IN_HAND);
                    }
                }
            }
            var latest = job.latest();
            if (latest != null) {
                latest.again().forEach(again -> touch(again.first(), again.end(), Cell.AGAIN));
            }
        }
        job.dead().ranges().forEach(range -> touch(range.first(), range.end(), Cell.DEAD));
    }

    private void fill(Ranges ranges, Cell cell) {
        for (var range : ranges.ranges()) {
            var from = Math.ceilDiv(range.first() - base, itemsPerCell);
            // The last cell may stand for fewer items than the others.
            var to = range.end() == end ? cells.length : (range.end() - base) / itemsPerCell;
            touch(range.first(), range.end(), Cell.PARTLY);
            if (from < to) {
                Arrays.fill(cells, (int) from, (int) Math.min(cells.length, to), cell.number);
            }
        }
    }

    // Whatever else is in these cells, this is what people look for. What is done stays done.
    private void touch(long first, long end, Cell cell) {
        var from = Math.clamp((first - base) / itemsPerCell, 0, cells.length);
        var to = Math.clamp(Math.ceilDiv(end - base, itemsPerCell), 0, cells.length);
        for (var i = from; i < to; i++) {
            if (cells[i] != Cell.DONE.number || cell == Cell.DEAD) {
                cells[i] = cell.number;
            }
        }
    }

    private int runs() {
        var runs = cells.length == 0 ? 0 : 1;
        for (var i = 1; i < cells.length; i++) {
            if (cells[i] != cells[i - 1]) {
                runs++;
            }
        }
        return runs;
    }

    private ObjectNode write(long items) {
        var node = Json.object();
        node.put("first", base)
                .put("items", items)
                .put("itemsPerCell", itemsPerCell)
                .put("cells", cells.length);
        var names = node.putArray("states");
        var counts = new long[Cell.values().length];
        for (var cell : cells) {
            counts[cell]++;
        }
        for (var cell : Cell.values()) {
            names.addObject()
                    .put("name", cell.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '))
                    .put("cells", counts[cell.number]);
        }
        var runs = node.putArray("runs");
        for (var from = 0; from < cells.length; ) {
            var to = from + 1;
            while (to < cells.length && cells[to] == cells[from]) {
                to++;
            }
            runs.add(cells[from]).add(to - from);
            from = to;
        }
        return node;
    }
}
