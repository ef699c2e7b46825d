// The members of the cluster: what each runs, since when, in which version, and whether it is ready.
import { Badge, Empty, Table, Time, Trouble, html, useLoad } from './ui.js';
import { bytes, seconds, shortId } from './format.js';
import { useLive } from './live.js';
import { NotLive } from './flow.js';

export function NodesPage() {
  const { state, snapshot } = useLive();
  const isRefused = state.name === 'refused' && !snapshot;
  const asked = useLoad(isRefused ? '/ops/nodes' : null);
  const nodes = snapshot?.nodes || asked.data?.nodes;
  const now = snapshot ? Date.parse(snapshot.at) : Date.now();
  const versions = new Set((nodes || []).map(node => node.version));
  return html`
    <div class="head"><h1>Nodes</h1></div>
    ${(state.name !== 'live' || !nodes) && html`<${NotLive} state=${state} hasSnapshot=${Boolean(nodes)} />`}
    ${asked.problem && html`<${Trouble} what="The nodes cannot be shown." problem=${asked.problem} retry=${asked.reload} />`}
    ${versions.size > 1 && html`
      <p class="notice warn" role="status">Versions differ: ${[...versions].sort().join(', ')}.</p>`}
    ${nodes && (nodes.length === 0
      ? html`<${Empty}>No node has told of itself yet.<//>`
      : html`
        <section class="card" aria-label="Nodes">
          <${Table} caption="Nodes" columns=${columns(now)} rows=${nodes} rowKey=${node => node.id} />
        </section>
        <${Relays} nodes=${nodes} />`)}`;
}

function columns(now) {
  return [
    { head: 'Node', isMain: true, cell: node => html`
      <span class="mono" title=${node.id}>${shortId(node.id)}</span> <span class="hint">${node.host}, pid ${node.pid}</span>` },
    { head: 'Ready', isWide: true, cell: node => node.ready
      ? html`<${Badge} kind="good">ready<//>`
      : html`<${Badge} kind="bad">not ready<//> <span class="bad-text">${node.problems.join('; ')}</span>` },
    { head: 'Runs', isWide: true, cell: node => html`<ul class="chips">${node.services.map(name => html`<li key=${name}>${name}</li>`)}</ul>` },
    { head: 'Version', cell: node => node.version },
    { head: 'Up', isNumber: true, cell: node => html`
      <span title=${node.startedAt}>${seconds(Math.max(0, (now - Date.parse(node.startedAt)) / 1_000))}</span>` },
    { head: 'Heap', isNumber: true, cell: node => bytes(node.heapUsedBytes) },
    { head: 'CPU', isNumber: true, cell: node => Math.round(node.cpu * 100) + ' %' },
    { head: 'HTTP', isWide: true, cell: node => node.http ? html`<span class="mono one-line">${node.http}</span>` : '–' },
  ];
}

/** Of each source, who leads and who stands by. */
function Relays({ nodes }) {
  const sources = [...new Set(nodes.flatMap(node => node.relays.map(relay => relay.source)))].sort();
  const of = (source, state) => nodes.filter(
    node => node.relays.some(relay => relay.source === source && relay.state === state));
  if (sources.length === 0) {
    return null;
  }
  const nameOf = node => html`<span class="mono one-line" title=${node.id}>${shortId(node.id)}</span>
    <span class="hint"> ${node.host}</span>`;
  const list = found => found.map((node, index) => html`${index > 0 ? ', ' : ''}${nameOf(node)}`);
  const columns = [
    { head: 'Source', isMain: true, cell: source => html`<strong>${source}</strong>` },
    { head: 'Led by', isWide: true, cell: source => {
      const active = of(source, 'active');
      return active.length > 0 ? list(active) : html`<${Badge} kind="bad">nobody<//>`;
    } },
    { head: 'Standing by', isWide: true, cell: source => {
      const standing = of(source, 'standby');
      return standing.length > 0 ? list(standing) : html`<span class="hint">nobody</span>`;
    } },
  ];
  return html`
    <section class="card" aria-labelledby="relays-title">
      <h2 id="relays-title">Relays</h2>
      <${Table} caption="Relays" columns=${columns} rows=${sources} rowKey=${source => source} />
    </section>`;
}
