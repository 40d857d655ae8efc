// Lines over time, by uPlot, in the colours of the theme.
import { useEffect, useRef } from 'preact/hooks';
import { colour, el } from './ui.js';

/// @param series [{ label, values, colour, fill }], all as long as `times` (seconds)
export function Chart({ times, series, height = 160, label, unit, format }) {
  const place = useRef();
  const plot = useRef();
  const shape = series.map((one) => one.label).join() + document.documentElement.dataset.theme;
  useEffect(() => {
    const ink = colour('muted');
    const grid = { stroke: colour('line'), width: 1 };
    plot.current = new uPlot(
      {
        width: Math.max(200, place.current.clientWidth),
        height,
        cursor: { y: false },
        legend: { live: true },
        axes: [
          { stroke: ink, grid, ticks: grid },
          { stroke: ink, grid, ticks: grid, size: 56, values: (_, values) => values.map((v) => (format ? format(v) : v)) },
        ],
        scales: { y: { range: (_, low, high) => [0, Math.max(high * 1.1, 1e-9)] } },
        series: [
          { label: 'time' },
          ...series.map((one) => ({
            label: one.label,
            stroke: colour(one.colour),
            width: 1.6,
            fill: one.fill ? colour(one.colour) + '26' : undefined,
            points: { show: false },
            value: (_, v) => (v == null ? '–' : (format ? format(v) : v) + (unit ? ' ' + unit : '')),
          })),
        ],
      },
      [times, ...series.map((one) => one.values)],
      place.current,
    );
    const watch = new ResizeObserver(() => plot.current.setSize({ width: Math.max(200, place.current.clientWidth), height }));
    watch.observe(place.current);
    return () => {
      watch.disconnect();
      plot.current.destroy();
    };
  }, [shape]);
  useEffect(() => {
    plot.current.setData([times, ...series.map((one) => one.values)]);
  }, [times]);
  return el.div({ class: 'chart', ref: place, role: 'img', 'aria-label': label });
}
