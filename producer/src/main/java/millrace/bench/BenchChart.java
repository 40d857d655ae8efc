package millrace.bench;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A picture of figures: a row for each, with a bar for its median, a line from its least to its most, and a mark at
/// its target. Bars of one unit have one scale, so that they can be compared; those of different units cannot.
final class BenchChart {
    private static final int WIDTH = 1000;
    private static final int MARGIN = 20;
    private static final int TITLE_HEIGHT = 50;
    private static final int ROW_HEIGHT = 54;
    private static final int BAR_HEIGHT = 16;
    private static final int NUMBER_WIDTH = 200;
    private static final int BARS_WIDTH = WIDTH - 2 * MARGIN - NUMBER_WIDTH;

    private static final Color TEXT = new Color(0x22, 0x22, 0x22);
    private static final Color QUIET = new Color(0x66, 0x66, 0x66);
    private static final Color BAR = new Color(0x4c, 0x78, 0xa8);
    private static final Color MISSED = new Color(0xe4, 0x57, 0x56);

    private BenchChart() {}

    static BufferedImage draw(String title, List<Figure> figures, List<String> footer) {
        var height = TITLE_HEIGHT + ROW_HEIGHT * figures.size() + 20 * footer.size() + MARGIN;
        var image = new BufferedImage(WIDTH, height, BufferedImage.TYPE_INT_RGB);
        var graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, WIDTH, height);
        text(graphics, TEXT, Font.BOLD, 18, title, MARGIN, 32);
        var scales = scales(figures);
        var y = TITLE_HEIGHT;
        for (var figure : figures) {
            row(graphics, figure, BARS_WIDTH / scales.getOrDefault(figure.unit(), 1.0), y);
            y += ROW_HEIGHT;
        }
        for (var line : footer) {
            y += 20;
            text(graphics, QUIET, Font.PLAIN, 12, line, MARGIN, y - 4);
        }
        graphics.dispose();
        return image;
    }

    /// The largest number that is drawn of each unit, above zero.
    static Map<String, Double> scales(List<Figure> figures) {
        var scales = new HashMap<String, Double>();
        for (var figure : figures) {
            var largest = Math.max(
                    figure.max(), figure.target().map(Figure.Target::bound).orElse(0.0));
            scales.merge(figure.unit(), Math.max(largest, Double.MIN_NORMAL), Math::max);
        }
        return scales;
    }

    private static void row(Graphics2D graphics, Figure figure, double pixels, int top) {
        text(graphics, TEXT, Font.PLAIN, 13, figure.name(), MARGIN, top + 14);
        var bar = top + 20;
        var middle = bar + BAR_HEIGHT / 2;
        graphics.setColor(figure.isMet() ? BAR : MISSED);
        graphics.fillRect(MARGIN, bar, (int) (figure.median() * pixels), BAR_HEIGHT);
        graphics.setColor(TEXT);
        graphics.setStroke(new BasicStroke(1.5f));
        var least = MARGIN + (int) (figure.min() * pixels);
        var most = MARGIN + (int) (figure.max() * pixels);
        graphics.drawLine(least, middle, most, middle);
        graphics.drawLine(least, middle - 4, least, middle + 4);
        graphics.drawLine(most, middle - 4, most, middle + 4);
        figure.target().ifPresent(target -> {
            var at = MARGIN + (int) (target.bound() * pixels);
            graphics.drawLine(at, bar - 3, at, bar + BAR_HEIGHT + 3);
        });
        var right = WIDTH - MARGIN - NUMBER_WIDTH + 12;
        var number = (Figure.text(figure.median()) + " " + figure.unit()).strip();
        text(graphics, figure.isMet() ? TEXT : MISSED, Font.BOLD, 15, number, right, bar + 8);
        figure.target().ifPresent(target -> text(graphics, QUIET, Font.PLAIN, 12, target.toString(), right, bar + 24));
    }

    private static void text(Graphics2D graphics, Color color, int style, int size, String text, int x, int y) {
        graphics.setColor(color);
        graphics.setFont(new Font(Font.SANS_SERIF, style, size));
        graphics.drawString(text, x, y);
    }
}
