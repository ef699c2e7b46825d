package postbus.bench.work;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.CategoryLabelPositions;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StackedBarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jfree.svg.SVGGraphics2D;

/** Medians as bars, in SVG. A system that was never right has none. */
final class Plots {
    private static final int WIDTH = 860;
    private static final int HEIGHT = 420;
    /** Told apart also by those who see fewer colours. */
    private static final Color[] COLORS = {new Color(0x0072B2), new Color(0xE69F00), new Color(0x999999)};

    private static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    private static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 15);
    /** Where the axis of latencies begins, in milliseconds: a bar on a logarithmic axis has no zero to stand on. */
    private static final double LATENCY_FLOOR = 0.1;

    private static final NumberTickUnit DECADE =
            new NumberTickUnit(1, new DecimalFormat("0.#", DecimalFormatSymbols.getInstance(Locale.ROOT)));

    private final Results results;
    private final Path folder;

    private Plots(Results results, Path folder) {
        this.results = results;
        this.folder = folder;
    }

    /** Into files of a folder that is there. Needs fonts, which a machine without a screen may not have. */
    static void write(Results results, Path folder) {
        System.setProperty("java.awt.headless", "true");
        var plots = new Plots(results, folder);
        plots.bars("throughput", "Messages a second, first commit to last effect", Map.of("", Measurement.MESSAGES));
        plots.bars("wal", "WAL, bytes a message", Map.of("", Measurement.WAL));
        var cpu = new LinkedHashMap<String, String>();
        cpu.put("Postgres", Measurement.POSTGRES_CPU);
        cpu.put("process", Measurement.PROCESS_CPU);
        plots.stacked("cpu", "CPU, ms a message", cpu);
        for (int rate : Measurement.RATES) {
            var latency = new LinkedHashMap<String, String>();
            latency.put("p50", Measurement.latency("p50", rate));
            latency.put("p99", Measurement.latency("p99", rate));
            latency.put("max", Measurement.latency("max", rate));
            plots.latencies("latency-" + rate, "Commit to handler at " + rate + " messages/s, ms", latency);
        }
    }

    private void bars(String file, String title, Map<String, String> figures) {
        save(file, chart(title, figures, new BarRenderer(), new NumberAxis()));
    }

    private void stacked(String file, String title, Map<String, String> figures) {
        save(file, chart(title, figures, new StackedBarRenderer(), new NumberAxis()));
    }

    private void latencies(String file, String title, Map<String, String> figures) {
        var renderer = new BarRenderer();
        renderer.setBase(LATENCY_FLOOR);
        var axis = new LogAxis();
        axis.setSmallestValue(LATENCY_FLOOR);
        axis.setTickUnit(DECADE);
        var chart = chart(title, figures, renderer, axis);
        axis.setLowerBound(LATENCY_FLOOR);
        save(file, chart);
    }

    /** @param figures by the name of their series; without a legend where there is one */
    private JFreeChart chart(String title, Map<String, String> figures, BarRenderer renderer, ValueAxis axis) {
        var data = new DefaultCategoryDataset();
        figures.forEach((series, figure) -> {
            for (var system : results.messengers()) {
                double median = results.median(system, figure);
                data.addValue(Double.isNaN(median) ? null : median, series, system);
            }
        });
        var chart = ChartFactory.createBarChart(
                title, null, null, data, PlotOrientation.VERTICAL, figures.size() > 1, false, false);
        chart.setBackgroundPaint(Color.WHITE);
        chart.setPadding(new RectangleInsets(8, 8, 8, 8));
        chart.getTitle().setFont(TITLE);
        if (chart.getLegend() != null) {
            chart.getLegend().setItemFont(TEXT);
            chart.getLegend().setFrame(BlockBorder.NONE);
        }
        CategoryPlot plot = chart.getCategoryPlot();
        plot.setBackgroundPaint(Color.WHITE);
        plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
        plot.setRangeGridlineStroke(new BasicStroke(0.5f));
        plot.setOutlineVisible(false);
        plot.setRangeAxis(axis);
        axis.setTickLabelFont(TEXT);
        plot.getDomainAxis().setTickLabelFont(TEXT);
        plot.getDomainAxis().setCategoryLabelPositions(CategoryLabelPositions.STANDARD);
        plot.getDomainAxis().setMaximumCategoryLabelWidthRatio(1.5f);
        plot.setRenderer(renderer);
        renderer.setBarPainter(new StandardBarPainter());
        renderer.setShadowVisible(false);
        renderer.setMaximumBarWidth(0.08);
        for (int series = 0; series < figures.size(); series++) {
            renderer.setSeriesPaint(series, COLORS[series]);
        }
        return chart;
    }

    private void save(String file, JFreeChart chart) {
        var svg = new SVGGraphics2D(WIDTH, HEIGHT);
        chart.draw(svg, new Rectangle2D.Double(0, 0, WIDTH, HEIGHT));
        try {
            Files.writeString(folder.resolve(file + ".svg"), svg.getSVGDocument());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
