/** A chart on a canvas: uPlot with our colours, drawn again when the theme or the size of its place changes. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { ChartPlan, Line } from './charts.ts';
import type { Sample } from './use-metrics.ts';

export type Plot = {
  show(samples: readonly Sample[]): void;
  /** Puts the cursor on a sample; null takes it away. */
  point(index: number | null): void;
  close(): void;
};

const height = 132;
const windowSeconds = 300;
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

/** `onPoint` is told which sample the mouse or a finger is on. */
export function openPlot(place: HTMLElement, plan: ChartPlan, onPoint: (index: number | null) => void): Plot {
  const colourOf = createColours(place);
  const axis: uPlot.Axis = {
    stroke: () => colourOf('--ink-soft'),
    grid: { stroke: () => colourOf('--line'), width: 1 },
    ticks: { show: false },
    font: `11px ${getComputedStyle(place).fontFamily}`,
    gap: 4,
  };
  const onRight = plan.lines.find(({ isOnRight }) => isOnRight);
  const plot = new uPlot(
    {
      width: place.clientWidth,
      height,
      padding: [8, onRight ? 0 : 8, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { setScale: false, x: false, y: false }, points: { size: 7 } },
      scales: {
        x: {
          range: (_plot, _min, max) => {
            // A little beyond the last sample, so that all of its point is seen.
            const end = (max || Date.now() / 1_000) + 3;
            return [end - windowSeconds, end];
          },
        },
        y: { range: (_plot, _min, max) => [0, Math.max(max * 1.1, plan.least)] },
        right: { range: (_plot, _min, max) => [0, Math.max(max * 1.1, 10)] },
      },
      axes: [
        { ...axis, size: 22, space: 48, values: (_plot, ticks) => ticks.map((tick) => clock.format(tick * 1_000)) },
        { ...axis, size: 56, space: 32, values: (_plot, ticks) => ticks.map(plan.lines[0].format) },
        ...(onRight
          ? [
              {
                ...axis,
                scale: 'right',
                side: 1 as const,
                size: 48,
                space: 32,
                grid: { show: false },
                values: (_plot: uPlot, ticks: number[]) => ticks.map(onRight.format),
              },
            ]
          : []),
      ],
      series: [{}, ...plan.lines.map((line) => toSeries(line, colourOf))],
      hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)] },
    },
    [[], ...plan.lines.map(() => [])],
    place,
  );
  const size = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height }));
  size.observe(place);
  const stopWatching = watchTheme(() => plot.redraw(false, true));
  return {
    show(samples) {
      const lines = plan.lines.map(({ read }) => samples.map(read));
      plot.setData([samples.map(({ at }) => at / 1_000), ...lines]);
    },
    point(index) {
      const at = index === null ? undefined : plot.data[0][index];
      plot.setCursor({ left: at === undefined ? -10 : plot.valToPos(at, 'x'), top: 0 });
    },
    close() {
      stopWatching();
      size.disconnect();
      plot.destroy();
    },
  };
}

const toSeries = ({ colour, isDashed, isOnRight }: Line, colourOf: (token: string) => string): uPlot.Series => ({
  stroke: () => colourOf(colour),
  width: 1.75,
  scale: isOnRight ? 'right' : 'y',
  points: { size: 5, fill: () => colourOf(colour), show: false, filter: listLonely },
  ...(isDashed && { dash: [5, 4] }),
});

/** Samples without a neighbour: no line goes through them, and one send in a quiet minute must be seen. */
const listLonely: uPlot.Series.Points.Filter = ({ data }, series) => {
  const values = Array.from<number | null | undefined>(data[series] ?? []);
  const isThere = (index: number) => typeof values[index] === 'number';
  return [...values.keys()].filter((index) => isThere(index) && !isThere(index - 1) && !isThere(index + 1));
};

/** A token is text until something is drawn with it: only then it is light or dark. */
function createColours(place: HTMLElement): (token: string) => string {
  const probe = place.ownerDocument.createElement('span');
  probe.hidden = true;
  place.append(probe);
  return (token) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
}

function watchTheme(change: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const chosen = new MutationObserver(change);
  chosen.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  system.addEventListener('change', change);
  return () => {
    chosen.disconnect();
    system.removeEventListener('change', change);
  };
}
