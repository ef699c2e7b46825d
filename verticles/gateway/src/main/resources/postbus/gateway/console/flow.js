// Is it flowing: the services and what passes between them, and how it went in the last minutes.
import { Badge, Empty, Loading, Table, html, useMemo, useRef, useStore, useWidth } from './ui.js';
import { compact, count, millis, plural, rate, seconds } from './format.js';
import { useLive } from './live.js';
import { link } from './router.js';
import { LineChart } from './chart.js';
import { layout } from './graph.js';

export function FlowPage() {
  const { state, snapshot, history } = useLive();
  return html`
    <div class="head"><h1>Flow</h1></div>
    <${NotLive} state=${state} hasSnapshot=${snapshot !== null} />
    ${snapshot && html`
      <${Figures} snapshot=${snapshot} />
      <section class="card" aria-labelledby="graph-title">
        <h2 id="graph-title">Services</h2>
        <p class="hint">Messages a second on their way, and what is not applied yet. A line is drawn where something passed.</p>
        <${Graph} snapshot=${snapshot} />
      </section>
      <${Charts} history=${history} />
      <section class="card" aria-labelledby="subscriptions-title">
        <h2 id="subscriptions-title">Subscriptions</h2>
        <${Subscriptions} snapshot=${snapshot} />
      </section>`}`;
}

/** Why nothing, or nothing new, is to be seen. */
export function NotLive({ state, hasSnapshot }) {
  if (state.name === 'refused') {
    return html`
      <p class="notice bad" role="alert"><strong>No live view.</strong> ${state.status === 404
        ? 'This gateway does not offer /ops/live (404).'
        : 'The gateway refuses /ops/live (' + state.status + '); it is tried again.'}</p>`;
  }
  if (state.name === 'reconnecting') {
    return html`
      <p class="notice warn" role="status">The connection to the gateway is lost; it comes back by itself.
        ${hasSnapshot && ' What is shown is from before.'}</p>`;
  }
  return !hasSnapshot && html`<${Loading} />`;
}

function sum(list, value) {
  return list.reduce((total, each) => total + (value(each) || 0), 0);
}

function worst(list, value) {
  const values = list.map(value).filter(each => each !== undefined && each !== null);
  return values.length > 0 ? Math.max(...values) : null;
}

function Figures({ snapshot: { sources, subscriptions } }) {
  const p99 = worst(subscriptions, each => each.handledMillis?.p99);
  const lag = sum(subscriptions, each => each.lag);
  const dead = sum(subscriptions, each => each.dead);
  const parked = sum(subscriptions, each => each.parked);
  const paused = subscriptions.filter(each => each.state === 'paused').length;
  return html`
    <dl class="figures">
      <div class="card"><dt>Committed</dt><dd>${rate(sum(sources, each => each.appendedPerSecond))}</dd></div>
      <div class="card"><dt>Applied</dt><dd>${rate(sum(subscriptions, each => each.appliedPerSecond))}</dd></div>
      <div class="card"><dt>Slowest p99</dt><dd>${p99 === null ? '–' : millis(p99)}</dd></div>
      <div class="card"><dt>Not applied yet</dt><dd>${compact(lag)}</dd></div>
      <div class="card"><dt>Parked, dead</dt>
        <dd class=${dead > 0 ? 'bad-text' : ''}><a href=${link(['trouble'])}>${compact(parked)}, ${compact(dead)}</a></dd></div>
      ${paused > 0 && html`<div class="card"><dt>Paused</dt>
        <dd><a href=${link(['trouble', 'subscriptions'])}>${paused}</a></dd></div>`}
    </dl>`;
}

/** Of one service, over all sources it hears. */
function heardBy(name, subscriptions) {
  return subscriptions.filter(each => each.subscription === name);
}

const STATE_ORDER = ['silent', 'paused', 'behind', 'live'];
export const STATE_KINDS = { live: 'good', behind: 'warn', paused: 'warn', silent: 'bad' };

function worstState(subscriptions) {
  return STATE_ORDER.find(state => subscriptions.some(each => each.state === state)) || 'live';
}

/** Where something passed lately: services announce themselves also to sources they want nothing of. */
function isDrawn(each) {
  return each.applied > 0 || each.parked > 0 || each.dead > 0 || each.state !== 'live';
}

function Graph({ snapshot: { sources, subscriptions } }) {
  const frame = useRef(null);
  const width = useWidth(frame);
  const names = [...new Set([
    ...sources.map(each => each.source),
    ...subscriptions.flatMap(each => [each.source, each.subscription]),
  ])].sort();
  const wires = subscriptions.filter(isDrawn).map(each => ({ from: each.source, to: each.subscription }))
    .sort((a, b) => a.from.localeCompare(b.from) || a.to.localeCompare(b.to));
  const shape = JSON.stringify([names, wires, width]);
  const picture = useMemo(() => width > 0 ? layout(names, wires, width) : null, [shape]);
  const flows = new Map(subscriptions.map(each => [each.source + '>' + each.subscription, each]));
  return html`
    <div class=${'graph' + (picture?.isNarrow ? ' is-narrow' : '')} ref=${frame}>
      ${picture && names.length === 0 && html`<${Empty}>No service has told of itself yet.<//>`}
      ${picture && names.length > 0 && html`
        <svg width=${picture.width} height=${picture.height} viewBox=${`0 0 ${picture.width} ${picture.height}`}
             role="group" aria-label="Services and what passes between them; the table below has all of it">
          <defs>
            ${['idle', 'busy', 'behind', 'paused', 'silent'].map(kind => html`
              <marker key=${kind} id=${'arrow-' + kind} class=${'arrow ' + kind} viewBox="0 0 8 8" refX="6" refY="4"
                      markerWidth="7" markerHeight="7" markerUnits="userSpaceOnUse" orient="auto">
                <path d="M0 0.500 7 4 0 7.500Z" /></marker>`)}
          </defs>
          ${picture.edges.map(edge => html`
            <${Edge} key=${edge.from + '>' + edge.to} edge=${edge} flow=${flows.get(edge.from + '>' + edge.to)} />`)}
          ${picture.edges.map(edge => html`
            <${EdgeLabel} key=${edge.from + '>' + edge.to} edge=${edge} flow=${flows.get(edge.from + '>' + edge.to)} isShort=${picture.isNarrow} />`)}
          ${picture.nodes.map(node => html`
            <${Service} key=${node.name} node=${node} source=${sources.find(each => each.source === node.name)}
              heard=${heardBy(node.name, subscriptions)} />`)}
        </svg>`}
    </div>`;
}

const QUIET = 0.05;

function edgeKind(flow) {
  if (flow && flow.state !== 'live') {
    return flow.state;
  }
  return flow && flow.appliedPerSecond > QUIET ? 'busy' : 'idle';
}

function Edge({ edge, flow }) {
  const kind = edgeKind(flow);
  const width = 1.2 + Math.min(3, Math.log10(1 + (flow?.appliedPerSecond || 0)));
  return html`
    <path class=${'edge ' + kind} d=${edge.path} stroke-width=${width.toFixed(2)} marker-end=${`url(#arrow-${kind})`} />`;
}

function EdgeLabel({ edge, flow, isShort }) {
  return flow && flow.appliedPerSecond > QUIET && html`
    <text class="edge-label" x=${edge.label.x} y=${edge.label.y + 4} text-anchor="middle">
      ${isShort ? rate(flow.appliedPerSecond).replace('/s', '') : rate(flow.appliedPerSecond)}</text>`;
}

function Service({ node, source, heard }) {
  const lag = sum(heard, each => each.lag);
  const state = worstState(heard);
  const isSilent = heard.length === 0;
  const lagText = isSilent ? '' : state === 'paused' ? 'paused, ' + compact(lag) : lag > 0 ? compact(lag) + ' behind' : 'up to date';
  const sends = source ? rate(source.appendedPerSecond) + ' out' : 'only listens';
  return html`
    <a href=${link(['messages'], source ? { source: node.name } : {})} class=${'service ' + (isSilent ? 'none' : state)}
       aria-label=${[node.name, sends, lagText].filter(Boolean).join(', ')}>
      <rect x=${node.x} y=${node.y} width=${node.width} height=${node.height} rx="10" />
      <text class="name" x=${node.x + node.width / 2} y=${node.y + node.height / 2 - 8} text-anchor="middle">${node.name}</text>
      <text class="lag" x=${node.x + node.width / 2} y=${node.y + node.height / 2 + 7} text-anchor="middle">${lagText || sends}</text>
      ${lagText && source && html`
        <text class="out" x=${node.x + node.width / 2} y=${node.y + node.height / 2 + 20} text-anchor="middle">${sends}</text>`}
    </a>`;
}

function Charts({ history }) {
  const times = history.map(each => Date.parse(each.at));
  const names = [...new Set(history.flatMap(each => each.subscriptions.map(one => one.subscription)))].sort();
  const of = value => history.map(value);
  return html`
    <div class="charts">
      <${LineChart} title="Throughput" hint="Messages a second, all services" times=${times} format=${rate} series=${[
        { name: 'committed', values: of(each => sum(each.sources, one => one.appendedPerSecond)) },
        { name: 'applied', values: of(each => sum(each.subscriptions, one => one.appliedPerSecond)) },
      ]} />
      <${LineChart} title="Commit to handled" hint="Of the slowest subscription" times=${times} format=${millis} series=${[
        { name: 'p50', values: of(each => worst(each.subscriptions, one => one.handledMillis?.p50)) },
        { name: 'p99', values: of(each => worst(each.subscriptions, one => one.handledMillis?.p99)) },
      ]} />
      <${LineChart} title="Lag" hint="Messages not applied yet, by subscription" times=${times} format=${compact} isWhole
        series=${names.map(name => ({
          name,
          values: of(each => sum(each.subscriptions.filter(one => one.subscription === name), one => one.lag)),
        }))} />
    </div>`;
}

/** How many messages, and where it is worth a word for how long. */
export function behind({ lag, lagSeconds }) {
  return count(lag) + (lagSeconds >= 1 ? ', ' + seconds(lagSeconds) : '');
}

export function bySubscription(a, b) {
  return a.subscription.localeCompare(b.subscription) || a.source.localeCompare(b.source);
}

function Subscriptions({ snapshot: { subscriptions } }) {
  if (subscriptions.length === 0) {
    return html`<${Empty}>No subscription has told of itself yet.<//>`;
  }
  const columns = [
    { head: 'Subscription', isMain: true, cell: each => html`<strong>${each.subscription}</strong> hears ${each.source}` },
    { head: 'State', cell: each => html`<${Badge} kind=${STATE_KINDS[each.state] || 'busy'}>${each.state}<//>` },
    { head: 'Behind', isNumber: true, cell: each => behind(each) },
    { head: 'Applied', isNumber: true, cell: each => rate(each.appliedPerSecond) },
    { head: 'p50', isNumber: true, cell: each => each.handledMillis ? millis(each.handledMillis.p50) : '–' },
    { head: 'p99', isNumber: true, cell: each => each.handledMillis ? millis(each.handledMillis.p99) : '–' },
    { head: 'Retried', isNumber: true, cell: each => rate(each.retriedPerSecond) },
    { head: 'Parked', isNumber: true, cell: each => count(each.parked) },
    { head: 'Dead', isNumber: true, cell: each => each.dead > 0
      ? html`<a href=${link(['trouble'], { service: each.subscription })}>${count(each.dead)}</a>` : '0' },
  ];
  return html`
    <${Table} caption="Subscriptions" columns=${columns} rows=${[...subscriptions].sort(bySubscription)}
      rowKey=${each => each.subscription + ' ' + each.source} />`;
}
