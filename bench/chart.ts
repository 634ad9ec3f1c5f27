/** Pictures of the results: lines on two axes, as SVG that is readable on light and on dark pages. */
import type { Picture } from './measure.ts';

const [width, height] = [760, 440];
const [left, right, top, bottom] = [70, 44, 64, 56];
const innerWidth = width - left - right;
const innerHeight = height - top - bottom;
/** Told apart also by who sees few colours: from the palette of Okabe and Ito, and by the dashes. */
const strokes = ['#d55e00', '#0072b2', '#009e73', '#cc79a7'];
const dashes = ['', '7 4', '2 4', '10 3 2 3'];

const style = `
  text { font: 13px system-ui, sans-serif; fill: #57606a }
  .title { font-size: 16px; font-weight: 600; fill: #1f2328 }
  .grid { stroke: #8b949e; stroke-opacity: .3 }
  .line { fill: none; stroke-width: 2.5; stroke-linejoin: round }
  @media (prefers-color-scheme: dark) { text { fill: #9198a1 } .title { fill: #e6edf3 } }`;

type Axis = { ticks: number[]; place(value: number): number };

/** Nothing where there is nothing to draw. A figure of zero has no place on a logarithmic axis: it is left out. */
export function drawChart({ title, x, y, isLinear = false, lines: measured }: Picture): string {
  const hasPlace = isLinear ? isFinitePoint : isPositivePoint;
  const createAxis = isLinear ? createLinearAxis : createLogarithmicAxis;
  const lines = measured.map((line) => ({ ...line, points: line.points.filter(hasPlace) }));
  const points = lines.flatMap((line) => line.points);
  if (points.length === 0) return '';
  const across = createAxis(
    points.map(([value]) => value),
    left,
    left + innerWidth,
  );
  const up = createAxis(
    points.map(([, value]) => value),
    top + innerHeight,
    top,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(title)}">`,
    `<style>${style}\n</style>`,
    `<text class="title" x="${left}" y="24">${escapeXml(title)}</text>`,
    ...lines.flatMap(({ name }, index) => drawKey(name, index, lines)),
    ...across.ticks.flatMap((tick) => [
      `<line class="grid" x1="${across.place(tick)}" x2="${across.place(tick)}" y1="${top}" y2="${top + innerHeight}"/>`,
      `<text x="${across.place(tick)}" y="${top + innerHeight + 20}" text-anchor="middle">${show(tick)}</text>`,
    ]),
    ...up.ticks.flatMap((tick) => [
      `<line class="grid" x1="${left}" x2="${left + innerWidth}" y1="${up.place(tick)}" y2="${up.place(tick)}"/>`,
      `<text x="${left - 8}" y="${up.place(tick) + 4}" text-anchor="end">${show(tick)}</text>`,
    ]),
    `<text x="${left + innerWidth / 2}" y="${height - 12}" text-anchor="middle">${escapeXml(x)}</text>`,
    `<text transform="translate(16 ${top + innerHeight / 2}) rotate(-90)" text-anchor="middle">${escapeXml(y)}</text>`,
    ...lines.flatMap(({ points: own }, index) => drawLine(own, index, across, up)),
    '</svg>',
    '',
  ].join('\n');
}

const isFinitePoint = (point: readonly number[]): boolean => point.every(Number.isFinite);
const isPositivePoint = (point: readonly number[]): boolean =>
  isFinitePoint(point) && point.every((value) => value > 0);

/** From 0 to a round number above the most, in at most six steps. */
function createLinearAxis(values: number[], from: number, to: number): Axis {
  const most = Math.max(...values, 1e-9);
  const decade = 10 ** Math.floor(Math.log10(most));
  const step = [0.2, 0.5, 1, 2].map((part) => part * decade).find((one) => most / one <= 6) ?? decade;
  const steps = Math.ceil(most / step - 1e-9);
  const place = (value: number) => round(from + (value / (steps * step)) * (to - from));
  return { ticks: Array.from({ length: steps + 1 }, (_, index) => index * step), place };
}

/** Powers of ten from below the least to above the most; between them 2 and 5 where there would be few. */
function createLogarithmicAxis(values: number[], from: number, to: number): Axis {
  const least = 10 ** Math.floor(Math.log10(Math.min(...values)) + 1e-9);
  const most = Math.max(10 ** Math.ceil(Math.log10(Math.max(...values)) - 1e-9), least * 10);
  const decades = Math.round(Math.log10(most / least));
  const steps = decades > 2 ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let decade = 0; decade < decades; decade++) for (const step of steps) ticks.push(least * 10 ** decade * step);
  const place = (value: number) => round(from + (Math.log10(value / least) / decades) * (to - from));
  return { ticks: [...ticks, most], place };
}

function drawKey(name: string, index: number, lines: Picture['lines']): string[] {
  // By the letters before it, about; a browser's own widths are not known here.
  const before = lines.slice(0, index).reduce((sum, line) => sum + line.name.length * 6.6 + 56, 0);
  const at = left + before;
  return [
    `<line class="line" x1="${at}" x2="${at + 26}" y1="45" y2="45" ${paint(index)}/>`,
    `<text x="${at + 32}" y="49">${escapeXml(name)}</text>`,
  ];
}

function drawLine(points: Picture['lines'][number]['points'], index: number, across: Axis, up: Axis): string[] {
  const places = points.map(([x, y]) => [across.place(x), up.place(y)] as const);
  return [
    `<polyline class="line" ${paint(index)} points="${places.map((place) => place.join(',')).join(' ')}"/>`,
    ...places.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="3.5" fill="${strokes[index % strokes.length]}"/>`),
  ];
}

const paint = (index: number): string =>
  `stroke="${strokes[index % strokes.length]}" stroke-dasharray="${dashes[index % dashes.length]}"`;
const round = (value: number): number => Math.round(value * 10) / 10;
const show = (value: number): string =>
  Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 6 });
const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
