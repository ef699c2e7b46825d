// A line chart of the last minutes. Its newest values are in its legend, and those of any moment under the pointer or,
// with the arrow keys, under the cursor.
import { html, useRef, useState, useWidth } from './ui.js';
import { timeExact, time } from './format.js';

const HEIGHT = 170;
const MARGIN = { top: 8, right: 8, bottom: 22, left: 52 };
/** ms without a point after which a line is interrupted. */
const GAP = 5_000;
const COLOURS = 8;

/**
 * @param times of the points, ms, ascending
 * @param series [{name, values}], a value for each time, null where there is none
 * @param format how a value reads
 * @param isWhole whether values are whole numbers, so that the half of the top has to be one
 */
export function LineChart({ title, hint, times, series, format, isWhole }) {
  const frame = useRef(null);
  const width = useWidth(frame);
  const [cursor, setCursor] = useState(null);

  const last = times.length - 1;
  const at = cursor === null ? last : Math.min(cursor, last);
  const from = times[0] ?? 0;
  const span = Math.max(60_000, (times[last] ?? 0) - from);
  const end = from + span;
  const top = niceTop(Math.max(0, ...series.flatMap(line => line.values.filter(value => value !== null))), isWhole);
  const x = when => MARGIN.left + (when - from) / span * (width - MARGIN.left - MARGIN.right);
  const y = value => HEIGHT - MARGIN.bottom - value / top * (HEIGHT - MARGIN.top - MARGIN.bottom);

  function point(event) {
    const box = event.currentTarget.getBoundingClientRect();
    const when = from + (event.clientX - box.left - MARGIN.left) / (width - MARGIN.left - MARGIN.right) * span;
    setCursor(nearest(times, when));
  }
  function step(event) {
    const move = { ArrowLeft: -1, ArrowRight: 1, PageUp: -30, PageDown: 30, Home: -Infinity, End: Infinity }[event.key];
    if (move !== undefined && last >= 0) {
      event.preventDefault();
      setCursor(Math.max(0, Math.min(last, at + move)));
    }
  }

  const reading = last < 0 ? 'no values yet'
    : series.map(line => line.name + ' ' + read(line.values[at], format)).join(', ');
  return html`
    <figure class="chart card" ref=${frame}>
      <figcaption><h2>${title}</h2>${hint && html`<p class="hint">${hint}</p>`}</figcaption>
      <ul class="legend">
        ${series.map((line, index) => html`
          <li key=${line.name}><span class=${'swatch line-' + index % COLOURS} aria-hidden="true"></span>${line.name}
            <strong class="number">${last < 0 ? '–' : read(line.values[at], format)}</strong></li>`)}
        <li class="when hint">${last < 0 ? '' : cursor === null ? 'now' : timeExact(times[at])}</li>
      </ul>
      ${width > 0 && html`
        <svg role="img" tabindex="0" aria-label=${title + ', ' + reading} width=${width} height=${HEIGHT}
             onPointerMove=${point} onPointerLeave=${() => setCursor(null)} onKeyDown=${step}
             onBlur=${() => setCursor(null)}>
          ${[0, 0.5, 1].map(part => html`
            <g key=${part} class="grid">
              <line x1=${MARGIN.left} x2=${width - MARGIN.right} y1=${y(top * part)} y2=${y(top * part)} />
              <text x=${MARGIN.left - 8} y=${y(top * part) + 4} text-anchor="end">${format(top * part)}</text>
            </g>`)}
          ${ticks(from, end, width).map(when => html`
            <text key=${when} class="tick" x=${x(when)} y=${HEIGHT - 5} text-anchor="middle">${time(when).slice(0, 5)}</text>`)}
          ${series.map((line, index) => html`
            <path key=${line.name} class=${'line line-' + index % COLOURS} d=${path(times, line.values, x, y)} />`)}
          ${cursor !== null && last >= 0 && html`
            <g class="cursor">
              <line x1=${x(times[at])} x2=${x(times[at])} y1=${MARGIN.top} y2=${HEIGHT - MARGIN.bottom} />
              ${series.map((line, index) => line.values[at] !== null && html`
                <circle class=${'line-' + index % COLOURS} cx=${x(times[at])} cy=${y(line.values[at])} r="3.5" />`)}
            </g>`}
        </svg>`}
    </figure>`;
}

function read(value, format) {
  return value === null || value === undefined ? '–' : format(value);
}

function path(times, values, x, y) {
  let text = '';
  let before = null;
  values.forEach((value, index) => {
    if (value === null) {
      before = null;
      return;
    }
    const isJoined = before !== null && times[index] - before < GAP;
    text += (isJoined ? 'L' : 'M') + x(times[index]).toFixed(1) + ' ' + y(value).toFixed(1);
    before = times[index];
  });
  return text;
}

/** The least of 1, 2, 5, 10, 20, … that is not below the value; of whole numbers, of 2, 4, 10, 20, 40, … */
function niceTop(value, isWhole) {
  const least = isWhole ? 2 : 1;
  if (value <= least) {
    return least;
  }
  const power = 10 ** Math.floor(Math.log10(value));
  return (isWhole ? [2, 4, 10, 20] : [1, 2, 5, 10]).map(factor => factor * power).find(nice => nice >= value);
}

/** Whole minutes, as many as there is room for. */
function ticks(from, end, width) {
  const minute = 60_000;
  const fitting = Math.max(1, Math.floor((width - MARGIN.left) / 70));
  const every = minute * Math.max(1, Math.ceil((end - from) / minute / fitting));
  const found = [];
  for (let when = Math.ceil(from / every) * every; when <= end; when += every) {
    found.push(when);
  }
  return found;
}

function nearest(times, when) {
  let best = 0;
  times.forEach((each, index) => {
    if (Math.abs(each - when) < Math.abs(times[best] - when)) {
      best = index;
    }
  });
  return best;
}
