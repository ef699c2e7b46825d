// What is stuck and why, and the decisions people take about it: each asked about once more, each kept with who and why.
import {
  Badge, Empty, Loading, Table, Time, Trouble, Unanswered, html, useEffect, useLoad, useRef, useState, useThrottled,
} from './ui.js';
import { call, withQuery } from './api.js';
import { count, plural, pretty, shortId, typeName } from './format.js';
import { useLive } from './live.js';
import { link } from './router.js';
import { NotLive, STATE_KINDS, behind, bySubscription } from './flow.js';
import { Confirm } from './dialog.js';
import { tell } from './notices.js';

const PAGE = 50;
const LOOK_PAUSE = 1_000;

const REASONS = {
  'failed': 'Its handler failed',
  'took-too-long': 'Its handler took too long',
  'rejected': 'Its handler said never',
  'postponed': 'Put off until its time was over',
  'unreadable': 'Its body cannot be read',
  'unknown-type': 'Nobody knows its type',
  'waiting': 'It waits behind another of its key',
};

export function TroublePage({ path, query }) {
  const [, part, service, messageId] = path;
  if (part === 'letter' && service && messageId) {
    return html`<${LetterPage} key=${service + messageId} service=${service} messageId=${messageId} />`;
  }
  const tabs = [['', 'Stuck'], ['subscriptions', 'Subscriptions'], ['decisions', 'Decisions']];
  const current = part || '';
  return html`
    <div class="head"><h1>Trouble</h1></div>
    <nav class="tabs" aria-label="Trouble">
      ${tabs.map(([name, text]) => html`
        <a key=${name} href=${link(name ? ['trouble', name] : ['trouble'])}
           aria-current=${name === current ? 'page' : null}>${text}</a>`)}
    </nav>
    ${current === 'subscriptions' && html`<${SubscriptionsPart} />`}
    ${current === 'decisions' && html`<${DecisionsPart} />`}
    ${current === '' && html`<${StuckPart} query=${query} />`}`;
}

/** Calls when the live numbers say that something became stuck or free; not by the clock. */
function useStuckChange(action) {
  const { snapshot } = useLive();
  const numbers = snapshot && snapshot.subscriptions.map(each => each.parked + '/' + each.dead + each.state).join(' ');
  const look = useThrottled(action, LOOK_PAUSE);
  const before = useRef(numbers);
  useEffect(() => {
    if (before.current !== numbers) {
      if (before.current !== null) {
        look();
      }
      before.current = numbers;
    }
  }, [numbers]);
}

// Stuck messages

function StuckPart({ query }) {
  const state = query.state || 'any';
  const groups = useLoad(withQuery('/ops/dead-letters/groups', { state }));
  const [decision, setDecision] = useState(null);
  const [turn, setTurn] = useState(0);
  function look() {
    groups.reload();
    setTurn(before => before + 1);
  }
  useStuckChange(look);

  const isOne = Boolean(query.type || query.reason);
  const shown = (groups.data?.groups || []).filter(group =>
    (!query.service || group.service === query.service)
    && (!query.type || group.type === query.type)
    && (!query.reason || group.reason === query.reason));
  return html`
    <div class="card-head filters">
      <div class="choice" role="group" aria-label="Which">
        ${[['any', 'All'], ['dead', 'Dead letters'], ['parked', 'Parked']].map(([name, text]) => html`
          <a key=${name} href=${link(['trouble'], { ...query, state: name === 'any' ? undefined : name })}
             aria-current=${state === name ? 'true' : null}>${text}</a>`)}
      </div>
      ${(isOne || query.service) && html`<a class="button quiet" href=${link(['trouble'], { state: query.state })}>All groups</a>`}
      <button type="button" class="quiet" onClick=${look}>Look again</button>
    </div>
    <p class="hint">A parked message is tried again by itself. A dead letter waits for a person, and so does what follows of its key.</p>
    ${groups.problem && html`
      <${Trouble} what="What is stuck cannot be shown." problem=${groups.problem} retry=${groups.reload} />`}
    ${groups.isLoading && html`<${Loading} />`}
    ${groups.data && html`
      <${Unanswered} names=${groups.data.unanswered} />
      ${shown.length === 0
        ? html`<section class="card all-well"><${Empty}>Nothing is stuck${query.service ? ' in ' + query.service : ''}.<//></section>`
        : html`<ul class="groups">
            ${shown.map(group => html`
              <${Group} key=${[group.service, group.subscription, group.reason, group.type, group.state].join(' ')}
                group=${group} isOne=${isOne} onDecide=${what => setDecision({ what, group })} />`)}
          </ul>`}`}
    ${isOne && html`<${Letters} query=${query} state=${state} turn=${turn} />`}
    ${decision && html`
      <${DecideAbout} ...${decision} onDone=${look} onClose=${() => setDecision(null)} />`}`;
}

function Group({ group, isOne, onDecide }) {
  const place = link(['trouble'], { service: group.service, reason: group.reason, type: group.type, state: group.state });
  return html`
    <li class="card group">
      <div class="card-head">
        <h2>${isOne ? typeName(group.type) : html`<a href=${place}>${typeName(group.type)}</a>`}
          <span class="hint">${group.type}</span></h2>
        <${Badge} kind=${group.state === 'dead' ? 'bad' : 'warn'}>
          ${group.state === 'dead' ? plural(group.count, 'dead letter') : count(group.count) + ' parked'}<//>
      </div>
      <p><strong>${group.service}</strong>: ${(REASONS[group.reason] || group.reason).toLowerCase()}
        <span class="hint"> ${group.oldest === group.newest
          ? html`at <${Time} at=${group.oldest} />`
          : html`from <${Time} at=${group.oldest} /> to <${Time} at=${group.newest} />`}</span></p>
      ${group.error && html`<pre class="error" tabindex="0" role="region" aria-label="Error">${group.error}</pre>`}
      <div class="buttons">
        ${!isOne && html`<a class="button quiet" href=${place}>Show each</a>`}
        ${group.state === 'dead' && html`
          <button type="button" class="danger" onClick=${() => onDecide('discard')}>Discard all …</button>
          <button type="button" class="primary" onClick=${() => onDecide('retry')}>Retry all …</button>`}
      </div>
    </li>`;
}

function DecideAbout({ what, group, onDone, onClose }) {
  async function decide({ by, why }) {
    const body = { by, why, service: group.service, type: group.type, reason: group.reason };
    const answer = await call('POST', '/ops/dead-letters/' + what, { body });
    const done = plural(answer.count, 'dead letter') + (what === 'retry' ? ' will be tried again.' : ' discarded.');
    tell(done + (answer.hasMore ? ' There are more; do it again.' : ''), answer.hasMore ? 'warn' : 'good');
    onDone();
  }
  const those = plural(group.count, 'dead letter') + ' of ' + group.service;
  return html`
    <${Confirm} title=${(what === 'retry' ? 'Retry ' : 'Discard ') + those + '?'} isDangerous=${what === 'discard'}
      action=${what === 'retry' ? 'Retry all' : 'Discard all'} onConfirm=${decide} onClose=${onClose}>
      <p class="mono break">${group.type}</p>
      <p>${explanation(what)}</p>
    <//>`;
}

function explanation(what) {
  return what === 'retry'
    ? 'Each is tried again at once, as often as at first, and what waits behind it follows in order.'
    : 'They are never applied; what waits behind them goes on without them. They are kept with this decision.';
}

function Letters({ query, state, turn }) {
  const letters = useLoad(withQuery('/ops/dead-letters',
    { service: query.service, type: query.type, reason: query.reason, state, limit: PAGE }));
  useEffect(() => {
    if (turn > 0) {
      letters.reload();
    }
  }, [turn]);
  const columns = [
    { head: 'Message', isMain: true, cell: each => html`
      <a class="mono" href=${link(['trouble', 'letter', each.service, each.messageId])}>${shortId(each.messageId)}</a>` },
    { head: 'State', cell: each => html`
      <${Badge} kind=${each.state === 'parked' ? 'warn' : 'bad'}>${each.state || 'dead'}<//>` },
    { head: 'From', cell: each => each.source },
    { head: 'Key', cell: each => html`<span class="mono" title=${each.key}>${shortId(each.key)}</span>` },
    { head: 'Since', cell: each => html`<${Time} at=${each.diedAt || each.parkedAt} />` },
    { head: 'Next try', cell: each => html`<${Time} at=${each.nextAttemptAt} />` },
    { head: 'Attempts', isNumber: true, cell: each => count(each.attempts) },
    { head: 'Waiting behind', isNumber: true, cell: each => count(each.waiting) },
  ];
  return html`
    <section class="card" aria-labelledby="letters-title">
      <h2 id="letters-title">Each of them</h2>
      ${letters.problem && html`
        <${Trouble} what="They cannot be shown." problem=${letters.problem} retry=${letters.reload} />`}
      ${letters.isLoading && html`<${Loading} />`}
      ${letters.data && html`
        <${Unanswered} names=${letters.data.unanswered} />
        ${letters.data.deadLetters.length === 0
          ? html`<${Empty}>There is none any more.<//>`
          : html`<${Table} caption="Stuck messages" columns=${columns} rows=${letters.data.deadLetters}
              rowKey=${each => each.service + each.messageId} />`}
        ${letters.data.next && html`<p class="hint">These are the first ${PAGE}.</p>`}`}
    </section>`;
}

function LetterPage({ service, messageId }) {
  const base = '/ops/dead-letters/' + encodeURIComponent(service) + '/' + encodeURIComponent(messageId);
  const letter = useLoad(base);
  const [what, setWhat] = useState(null);
  const [decided, setDecided] = useState(0);
  useStuckChange(letter.reload);
  const one = letter.data;

  async function decide({ by, why }) {
    await call('POST', base + '/' + what, { body: { by, why } });
    tell(what === 'retry' ? 'It is tried again.' : 'It is discarded.');
    letter.reload();
    setDecided(before => before + 1);
  }
  const isGone = letter.problem && (letter.problem.status === 409 || letter.problem.status === 404);
  return html`
    <p class="crumbs"><a href=${link(['trouble'])}>Trouble</a></p>
    <div class="head"><h1>${one ? typeName(one.type) : 'Message ' + shortId(messageId)}</h1>
      ${one && !isGone && html`<${Badge} kind=${one.state === 'parked' ? 'warn' : 'bad'}>
        ${one.state === 'parked' ? 'parked' : 'dead letter'}<//>`}</div>
    ${letter.isLoading && html`<${Loading} />`}
    ${isGone && html`<p class="notice good" role="status">It is not stuck any more: ${letter.problem.message}.</p>`}
    ${letter.problem && !isGone && html`
      <${Trouble} what="It cannot be shown." problem=${letter.problem} retry=${letter.reload} />`}
    ${one && html`
      <div class="columns message">
        <div>
          <section class="card" aria-labelledby="why-title">
            <h2 id="why-title">Why it is stuck</h2>
            <p>${REASONS[one.reason] || one.reason} in <strong>${one.service}</strong>, ${plural(one.attempts, 'attempt')}.</p>
            ${one.error && html`<pre class="error" tabindex="0" role="region" aria-label="Error">${one.error}</pre>`}
            ${one.stack && html`<details><summary>Stack</summary>
              <pre tabindex="0" role="region" aria-label="Stack">${one.stack}</pre></details>`}
            <p>${one.holdsKey
              ? one.waiting > 0
                ? plural(one.waiting, 'message') + ' of its key ' + (one.waiting === 1 ? 'waits' : 'wait') + ' behind it.'
                : 'Messages of its key wait behind it; there is none yet.'
              : 'Nothing waits for it.'}</p>
            ${!isGone && one.state !== 'parked' && html`
              <div class="buttons">
                <button type="button" class="danger" onClick=${() => setWhat('discard')}>Discard …</button>
                <button type="button" class="primary" onClick=${() => setWhat('retry')}>Retry …</button>
              </div>`}
            ${one.state === 'parked' && html`
              <p class="hint">It is tried again by itself${one.nextAttemptAt && html`, next at <${Time} at=${one.nextAttemptAt} />`}.</p>`}
          </section>
          <section class="card" aria-labelledby="body-title">
            <h2 id="body-title">Body</h2>
            <pre tabindex="0" role="region" aria-label="Body">${pretty(one.body)}</pre>
          </section>
        </div>
        <section class="card" aria-labelledby="headers-title">
          <h2 id="headers-title">The message</h2>
          <dl class="headers">
            ${[
              ['Id', html`<a class="mono" href=${link(['messages', one.messageId])}>${one.messageId}</a>`],
              ['Type', html`<span class="mono">${one.type}</span>`],
              ['Source', one.source],
              ['Position', html`<span class="mono">${one.position}</span>`],
              ['Key', html`<a class="mono" href=${link(['messages'], { key: one.key })}>${one.key}</a>`],
              ['Sent', html`<${Time} at=${one.time} />`],
              ['Parked', html`<${Time} at=${one.parkedAt} />`],
              ['Dead since', one.diedAt && html`<${Time} at=${one.diedAt} />`],
              ['Correlation', html`
                <a class="mono" href=${link(['messages'], { correlationId: one.correlationId })}>${one.correlationId}</a>`],
            ].filter(([, value]) => value).map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}
          </dl>
        </section>
      </div>`}
    <${Trail} title="Decisions about it" query=${{ service }} only=${each => each.messageId === messageId} turn=${decided} />
    ${what && html`
      <${Confirm} title=${what === 'retry' ? 'Retry this message?' : 'Discard this message?'}
        action=${what === 'retry' ? 'Retry' : 'Discard'} isDangerous=${what === 'discard'} onConfirm=${decide}
        onClose=${() => setWhat(null)}>
        <p class="mono break">${one.type}</p>
        <p>${what === 'retry'
          ? 'It is tried again at once, as often as at first, and what waits behind it follows in order.'
          : 'It is never applied; what waits behind it goes on without it. It is kept with this decision.'}</p>
      <//>`}`;
}

// Subscriptions

function SubscriptionsPart() {
  const { state, snapshot } = useLive();
  const [decision, setDecision] = useState(null);
  const isRefused = state.name === 'refused' && !snapshot;
  // Where nothing is live, at least how it is now
  const asked = useLoad(isRefused ? '/ops/subscriptions' : null);
  const subscriptions = snapshot?.subscriptions || asked.data?.subscriptions;
  const columns = [
    { head: 'Subscription', isMain: true, cell: each => html`<strong>${each.subscription}</strong> hears ${each.source}` },
    { head: 'State', cell: each => html`<${Badge} kind=${STATE_KINDS[each.state] || 'busy'}>${each.state}<//>` },
    { head: 'Behind', isNumber: true, cell: behind },
    { head: 'What to do', isWide: true, cell: each => html`
      <span class="buttons">
        ${each.state === 'paused'
          ? html`<button type="button" class="primary" onClick=${() => setDecision({ what: 'resume', each })}>Resume …</button>`
          : html`<button type="button" class="quiet" onClick=${() => setDecision({ what: 'pause', each })}>Pause …</button>`}
        <button type="button" class="quiet" onClick=${() => setDecision({ what: 'replay', each })}>Replay …</button>
      </span>` },
  ];
  return html`
    ${!subscriptions && !isRefused && html`<${NotLive} state=${state} hasSnapshot=${false} />`}
    ${asked.problem && html`
      <${Trouble} what="The subscriptions cannot be shown." problem=${asked.problem} retry=${asked.reload} />`}
    ${subscriptions && (subscriptions.length === 0
      ? html`<${Empty}>No subscription has told of itself yet.<//>`
      : html`<section class="card" aria-label="Subscriptions">
          <${Table} caption="Subscriptions" columns=${columns} rows=${[...subscriptions].sort(bySubscription)}
            rowKey=${each => each.subscription + ' ' + each.source} /></section>`)}
    ${decision && html`<${SubscriptionDialog} ...${decision} onDone=${asked.reload} onClose=${() => setDecision(null)} />`}`;
}

const ABOUT = {
  pause: 'Nothing is delivered to it until somebody resumes it. What is committed meanwhile is kept, and waits.',
  resume: 'It goes on from where it stopped, in order.',
  replay: 'The same handlers are called again with the same messages: whether they may run again is for the service to know.',
};

function SubscriptionDialog({ what, each, onDone, onClose }) {
  const [from, setFrom] = useState('oldest');
  const name = each.subscription + ' on ' + each.source;
  async function decide(fields) {
    const path = '/ops/subscriptions/' + [each.subscription, each.source, what].map(encodeURIComponent).join('/');
    const body = { by: fields.by, why: fields.why };
    if (what === 'replay') {
      body.from = { oldest: 'oldest', now: 'now', position: fields.position,
        time: fields.time && new Date(fields.time).toISOString() }[from];
    }
    const answer = await call('POST', path, { body });
    tell({
      pause: name + ' is paused.',
      resume: name + ' goes on.',
      replay: name + (answer.passedOver ? ' passes over ' + plural(answer.passedOver, 'message') + '.'
        : answer.messages === undefined ? ' begins there again.'
          : ' applies ' + plural(answer.messages, 'message') + ' again.'),
    }[what]);
    onDone();
  }
  const verb = what.charAt(0).toUpperCase() + what.slice(1);
  return html`
    <${Confirm} title=${verb + ' ' + name + '?'} action=${verb} isDangerous=${what === 'replay'} onConfirm=${decide} onClose=${onClose}>
      <p>${ABOUT[what]}</p>
      ${what === 'replay' && html`
        <fieldset><legend>From where</legend>
          ${[['oldest', 'The oldest message that is kept'], ['now', 'Now: skip what it has not applied yet'],
            ['position', 'A position'], ['time', 'A time']].map(([value, text]) => html`
            <label class="radio" key=${value}>
              <input type="radio" name="from" value=${value} checked=${from === value} onChange=${() => setFrom(value)} />
              ${text}</label>`)}
          ${from === 'position' && html`<label>Position
            <input name="position" required inputmode="numeric" pattern="[0-9]{1,19}" autocomplete="off" /></label>`}
          ${from === 'time' && html`<label>Time <input name="time" type="datetime-local" step="1" required /></label>`}
        </fieldset>`}
    <//>`;
}

// Decisions

function DecisionsPart() {
  return html`<${Trail} title="Newest first" query=${{}} only=${() => true} turn=${0} />`;
}

const DONE = { retry: 'retried', discard: 'discarded', replay: 'replayed', pause: 'paused', resume: 'resumed' };

function Trail({ title, query, only, turn }) {
  const trail = useLoad(withQuery('/ops/decisions', { ...query, limit: PAGE }));
  useEffect(() => {
    if (turn > 0) {
      trail.reload();
    }
  }, [turn]);
  useStuckChange(trail.reload);
  const decisions = (trail.data?.decisions || []).filter(only);
  const columns = [
    { head: 'When', isMain: true, cell: each => html`<${Time} at=${each.at} />` },
    { head: 'Who', cell: each => html`<strong>${each.by}</strong>` },
    { head: 'What', isWide: true, cell: each => html`${DONE[each.what] || each.what} ${each.messageId
      ? html`<a class="mono" href=${link(['messages', each.messageId])}>${shortId(each.messageId)}</a>` : ''}
      <span class="hint"> ${[each.service, each.source && 'from ' + each.source, each.type && typeName(each.type)]
        .filter(Boolean).join(', ')}${each.detail ? ': ' + each.detail : ''}</span>` },
    { head: 'Why', isWide: true, cell: each => each.why },
  ];
  return html`
    <section class="card trail" aria-labelledby="trail-title">
      <h2 id="trail-title">${title}</h2>
      ${trail.problem && html`
        <${Trouble} what="Decisions cannot be shown." problem=${trail.problem} retry=${trail.reload} />`}
      ${trail.isLoading && html`<${Loading} />`}
      ${trail.data && html`
        <${Unanswered} names=${trail.data.unanswered} />
        ${decisions.length === 0
          ? html`<${Empty}>Nobody has decided anything.<//>`
          : html`<${Table} caption="Decisions" columns=${columns} rows=${decisions}
              rowKey=${each => [each.at, each.service, each.messageId, each.what].join(' ')} />`}`}
    </section>`;
}
