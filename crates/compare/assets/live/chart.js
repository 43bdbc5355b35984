// Two line charts of a scenario: one line for each server, all in grey but the one that matters now.

import uPlot from './uplot.js';

const HEIGHT = 190;
const dark = matchMedia('(prefers-color-scheme: dark)');

/** The charts: where they stand, which figure of a point they show, and how. */
const charts = [
  { parent: document.getElementById('rate'), of: (point) => point[1], write: (n) => short.format(n), plot: null },
  { parent: document.getElementById('p99'), of: (point) => (point[2] === null ? null : point[2] / 1_000), write: (n) => short.format(n), plot: null },
];
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

let color = {};
function readColors() {
  const style = getComputedStyle(document.documentElement);
  color = Object.fromEntries(['ink', 'muted', 'line', 'accent', 'faint'].map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

/** Builds empty charts for so many servers. The last line is drawn over all others. */
export function build(count) {
  readColors();
  for (const chart of charts) {
    chart.plot?.destroy();
    const line = (last) => ({
      stroke: () => (last ? color.accent : color.faint),
      width: last ? 2.5 : 1.25,
      spanGaps: true,
      points: { show: false },
    });
    const axis = (more) => ({
      stroke: () => color.muted,
      grid: { stroke: () => color.line, width: 1 },
      ticks: { show: false },
      font: '12px system-ui, sans-serif',
      ...more,
    });
    const options = {
      width: Math.max(chart.parent.clientWidth, 200),
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false, range: (plot) => [0, Math.max(plot.data[0]?.at(-1) ?? 0, 0.5)] }, y: { range: (_, low, high) => [0, (high || 1) * 1.08] } },
      axes: [
        axis({ values: (_, ticks) => ticks.map((tick) => `${tick} s`), size: 28, grid: { show: false } }),
        axis({ values: (_, ticks) => ticks.map(chart.write), size: 52 }),
      ],
      series: [{}, ...Array.from({ length: count }, (_, index) => line(index === count - 1))],
    };
    chart.plot = new uPlot(options, [[0], ...Array.from({ length: count }, () => [null])], chart.parent);
  }
}

/** Shows the last round of each server; `marked` is the one that stands out. */
export function show(scenario, marked) {
  const names = [...scenario.lanes.keys()].filter((name) => name !== marked);
  const traces = [...names, marked].map((name) => scenario.lanes.get(name)?.trace.points ?? []);
  for (const chart of charts) {
    const tables = traces.map((points) => [points.map((point) => point[0]), points.map(chart.of)]);
    chart.plot?.setData(join(tables));
  }
}

/** Lines with times of their own, brought onto one axis. */
function join(tables) {
  // An empty table would have no place on the axis: it gets a point without a value.
  return uPlot.join(tables.map(([times, values]) => (times.length ? [times, values] : [[0], [null]])));
}

new ResizeObserver(() => {
  for (const { plot, parent } of charts) {
    if (plot && parent.clientWidth && plot.width !== parent.clientWidth) plot.setSize({ width: parent.clientWidth, height: HEIGHT });
  }
}).observe(charts[0].parent);

dark.addEventListener('change', () => {
  readColors();
  for (const { plot } of charts) plot?.redraw();
});
