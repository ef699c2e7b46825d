// What was sent: found by what is known of it, and one of them whole, with what caused it and what it caused.
import { Badge, Empty, Loading, Table, Time, Trouble, Unanswered, html, useEffect, useLoad, useMemo, useState } from './ui.js';
import { call, withQuery } from './api.js';
import { bytes, millis, plural, pretty, shortId, typeName, typeService } from './format.js';
import { useLive, useStream } from './live.js';
import { go, link } from './router.js';

const PAGE = 50;
const FILTERS = ['id', 'key', 'correlationId', 'type', 'source', 'since', 'until'];

export function MessagesPage({ path, query }) {
  return path[1]
    ? html`<${MessagePage} key=${path[1]} messageId=${path[1]} />`
    : html`<${SearchPage} query=${query} />`;
}

function SearchPage({ query }) {
  const filter = Object.fromEntries(FILTERS.map(name => [name, query[name]]).filter(([, value]) => value));
  const wanted = withQuery('/ops/messages', { ...filter, limit: PAGE });
  const found = useLoad(wanted);
  const [older, setOlder] = useState({ of: '', pages: [], next: null, problem: null, isLoading: false });
  const pages = older.of === wanted ? older : { of: wanted, pages: [], next: found.data?.next, problem: null };

  async function more() {
    setOlder({ ...pages, isLoading: true, problem: null });
    try {
      const page = await call('GET', withQuery(wanted, {}) + '&after=' + encodeURIComponent(pages.next));
      setOlder({ of: wanted, pages: [...pages.pages, page.messages], next: page.next, problem: null });
    } catch (problem) {
      setOlder({ ...pages, problem, isLoading: false });
    }
  }
  function again() {
    setOlder({ of: '', pages: [], next: null, problem: null });
    found.reload();
  }

  const messages = [...(found.data?.messages || []), ...pages.pages.flat()];
  return html`
    <div class="head"><h1>Messages</h1></div>
    <${SearchForm} key=${JSON.stringify(filter)} filter=${filter} />
    <section class="card" aria-labelledby="found-title">
      <div class="card-head">
        <h2 id="found-title">${Object.keys(filter).length > 0 ? 'Found' : 'Newest'}</h2>
        <${Fresh} filter=${filter} onLook=${again} />
      </div>
      ${found.problem && html`
        <${Trouble} what="Messages cannot be shown." problem=${found.problem} retry=${again} />`}
      ${found.isLoading && html`<${Loading} />`}
      ${found.data && html`
        <${Unanswered} names=${found.data.unanswered} />
        ${messages.length === 0
          ? html`<${Empty}>No message is so.<//>`
          : html`<${MessageTable} messages=${messages} />`}
        ${pages.problem && html`<${Trouble} what="Older ones cannot be shown." problem=${pages.problem} />`}
        ${pages.next && html`
          <p class="buttons"><button type="button" class="quiet" disabled=${pages.isLoading} onClick=${more}>
            ${pages.isLoading ? 'Loading …' : 'Older ones'}</button></p>`}`}
    </section>`;
}

/** How many events came since one looked: told, not shown at once, so that nothing moves under one's eyes. */
function Fresh({ filter, onLook }) {
  const [fresh, setFresh] = useState(0);
  const isOpenEnded = !filter.id && !filter.until;
  const url = isOpenEnded ? withQuery('/events', { type: filter.type, source: filter.source }) : null;
  const fits = event => (!filter.key || event.subject === filter.key)
    && (!filter.correlationId || event.correlationid === filter.correlationId);
  const state = useStream(url, event => {
    if (fits(event)) {
      setFresh(before => before + 1);
    }
  }, () => setFresh(0));
  function look() {
    setFresh(0);
    onLook();
  }
  return html`
    <button type="button" class=${fresh > 0 ? 'primary' : 'quiet'} onClick=${look}>
      ${fresh > 0 ? 'Show ' + plural(fresh, 'new event') : state.name === 'live' ? 'Look again (live)' : 'Look again'}</button>`;
}

function SearchForm({ filter }) {
  const { snapshot } = useLive();
  const sources = (snapshot?.sources || []).map(each => each.source);
  function submit(event) {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.target));
    for (const name of Object.keys(fields)) {
      fields[name] = fields[name].trim();
    }
    for (const name of ['since', 'until']) {
      fields[name] = fields[name] && new Date(fields[name]).toISOString();
    }
    go(['messages'], fields);
  }
  return html`
    <form class="card search" role="search" aria-label="Messages" onSubmit=${submit}>
      <label>Key <input name="key" class="mono" defaultValue=${filter.key || ''} autocomplete="off" spellcheck=${false} /></label>
      <label>Message id <input name="id" class="mono" defaultValue=${filter.id || ''} autocomplete="off" spellcheck=${false} /></label>
      <label>Correlation id
        <input name="correlationId" class="mono" defaultValue=${filter.correlationId || ''} autocomplete="off" spellcheck=${false} /></label>
      <label>Type
        <input name="type" class="mono" defaultValue=${filter.type || ''} autocomplete="off" spellcheck=${false}
               placeholder="ordering.order-placed.v1" /></label>
      <label>Source
        <input name="source" list="sources" defaultValue=${filter.source || ''} autocomplete="off" spellcheck=${false} />
        <datalist id="sources">${sources.map(name => html`<option value=${name}></option>`)}</datalist></label>
      <label class="wide">Since <input name="since" type="datetime-local" step="1" defaultValue=${local(filter.since)} /></label>
      <label class="wide">Until <input name="until" type="datetime-local" step="1" defaultValue=${local(filter.until)} /></label>
      <div class="buttons wide">
        ${Object.keys(filter).length > 0 && html`<a class="button quiet" href=${link(['messages'])}>Clear</a>`}
        <button type="submit" class="primary">Search</button>
      </div>
    </form>`;
}

/** As an input of local time takes it. */
function local(instant) {
  const date = new Date(instant || '');
  if (Number.isNaN(date.getTime())) {
    return '';
  }
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

function MessageTable({ messages }) {
  const columns = [
    { head: 'What', isMain: true, cell: message => html`
      <a href=${link(['messages', message.messageId])}>${typeName(message.type)}</a>
      ${message.recipient && html` <span class="hint">to ${message.recipient}</span>`}` },
    { head: 'Source', cell: message => message.source },
    { head: 'Time', cell: message => html`<${Time} at=${message.time} isExact />` },
    { head: 'Key', cell: message => html`
      <a class="mono" href=${link(['messages'], { key: message.key })} title=${message.key}>${shortId(message.key)}</a>` },
    { head: 'Position', isNumber: true, cell: message => message.position ?? html`<span class="hint">not cut yet</span>` },
    { head: 'Size', isNumber: true, cell: message => bytes(message.bytes) },
  ];
  return html`
    <${Table} caption="Messages, newest first" columns=${columns} rows=${messages}
      rowKey=${message => message.source + message.messageId} />`;
}

function MessagePage({ messageId }) {
  const base = '/ops/messages/' + encodeURIComponent(messageId);
  const message = useLoad(base);
  const tree = useLoad(base + '/tree');
  const one = message.data;
  return html`
    <p class="crumbs"><a href=${link(['messages'])}>Messages</a></p>
    <div class="head"><h1>${one ? typeName(one.type) : 'Message ' + shortId(messageId)}</h1>
      ${one && html`<${Badge} kind="plain">${one.recipient ? 'command' : 'event'}<//>`}</div>
    ${message.problem && html`
      <${Trouble} what="The message cannot be shown." problem=${message.problem} retry=${message.reload} />`}
    ${message.isLoading && html`<${Loading} />`}
    <div class="columns message">
      ${one && html`
        <div>
          <section class="card" aria-labelledby="headers-title">
            <h2 id="headers-title">Headers</h2>
            <${Headers} message=${one} />
          </section>
          <section class="card" aria-labelledby="body-title">
            <h2 id="body-title">Body <span class="hint">${bytes(one.bytes)}</span></h2>
            <pre tabindex="0" role="region" aria-label="Body">${pretty(one.data)}</pre>
          </section>
        </div>`}
      <section class="card" aria-labelledby="tree-title">
        <div class="card-head"><h2 id="tree-title">What caused what</h2>
          <button type="button" class="quiet" onClick=${tree.reload}>Look again</button></div>
        ${tree.problem && html`
          <${Trouble} what="The tree cannot be shown." problem=${tree.problem} retry=${tree.reload} />`}
        ${tree.isLoading && html`<${Loading} />`}
        ${tree.data && html`
          <${Unanswered} names=${tree.data.unanswered} />
          ${!tree.data.isComplete && html`<p class="notice warn">There is more than is shown here.</p>`}
          <${Tree} messages=${tree.data.messages} current=${messageId} />`}
      </section>
    </div>`;
}

function Headers({ message }) {
  const search = (name, value, text = value) => html`
    <a class="mono" href=${link(['messages'], { [name]: value })}>${text}</a>`;
  const rows = [
    ['Id', html`<span class="mono">${message.messageId}</span>`],
    ['Type', search('type', message.type)],
    ['Source', search('source', message.source)],
    ['Position', message.position === undefined ? 'not cut yet' : html`<span class="mono">${message.position}</span>`],
    ['Key', search('key', message.key)],
    ['Time', html`<span class="mono">${message.time}</span>`],
    ['Recipient', message.recipient],
    ['Correlation', search('correlationId', message.correlationId)],
    ['Caused by', message.causationId
      && html`<a class="mono" href=${link(['messages', message.causationId])}>${message.causationId}</a>`],
    ['Trace', message.traceparent && html`<span class="mono">${message.traceparent}</span>`],
  ];
  return html`
    <dl class="headers">
      ${rows.filter(([, value]) => value).map(([name, value]) => html`
        <div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}
    </dl>`;
}

/** Messages by what caused them; one whose cause is not among them is a root. */
function grow(messages) {
  const children = new Map();
  const known = new Set(messages.map(message => message.messageId));
  const roots = [];
  for (const message of messages) {
    const cause = message.causationId;
    if (cause && cause !== message.messageId && known.has(cause)) {
      children.set(cause, [...(children.get(cause) || []), message]);
    } else {
      roots.push(message);
    }
  }
  return { roots, children };
}

function Tree({ messages, current }) {
  const { roots, children } = useMemo(() => grow(messages), [messages]);
  if (messages.length === 0) {
    return html`<${Empty}>Nothing belongs to it.<//>`;
  }
  const begin = Math.min(...messages.map(message => Date.parse(message.time)));
  return html`<ul class="tree">
    ${roots.map(root => html`
      <${Branch} key=${root.messageId} message=${root} children=${children} current=${current} begin=${begin} depth=${0} />`)}
  </ul>`;
}

/** Deeper than any chain of messages that is meant. */
const DEPTH_MAX = 60;

function Branch({ message, children: all, current, begin, depth }) {
  const caused = depth < DEPTH_MAX ? all.get(message.messageId) || [] : [];
  const isCurrent = message.messageId === current;
  return html`
    <li>
      <a href=${link(['messages', message.messageId])} aria-current=${isCurrent ? 'true' : null}>
        <span class="grow"><strong>${typeName(message.type)}</strong>
          <span class="hint"> ${message.recipient ? message.source + ' to ' + message.recipient : message.source}</span></span>
        <span class="hint number">+${millis(Date.parse(message.time) - begin)}</span>
      </a>
      ${caused.length > 0 && html`<ul>
        ${caused.map(each => html`
          <${Branch} key=${each.messageId} message=${each} children=${all} current=${current} begin=${begin}
            depth=${depth + 1} />`)}
      </ul>`}
    </li>`;
}
