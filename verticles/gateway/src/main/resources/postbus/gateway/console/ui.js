// The library, in the words the pages use, and the small pieces they share.
import { h, render } from './vendor/preact.mjs';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from './vendor/hooks.mjs';
import htm from './vendor/htm.mjs';
import { call, explain } from './api.js';
import { time, timeExact } from './format.js';

const html = htm.bind(h);
export { html, render, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState };

/** A value that several parts of the page look at. */
export function store(initial) {
  const listeners = new Set();
  return {
    value: initial,
    set(next) {
      this.value = next;
      listeners.forEach(listener => listener(next));
    },
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useStore(source) {
  const [value, setValue] = useState(source.value);
  useEffect(() => {
    setValue(source.value);
    return source.on(setValue);
  }, [source]);
  return value;
}

/**
 * Asks for a path and asks again when it changes or `reload` is called. What was there stays while it asks. A path of
 * null asks for nothing.
 */
export function useLoad(path) {
  const [state, setState] = useState({ path: null, data: null, problem: null });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (path === null) {
      return undefined;
    }
    const asking = new AbortController();
    call('GET', path, { signal: asking.signal }).then(
      data => setState({ path, data, problem: null }),
      problem => {
        if (!asking.signal.aborted) {
          setState(before => ({ path, data: before.path === path ? before.data : null, problem }));
        }
      });
    return () => asking.abort();
  }, [path, turn]);
  const reload = useCallback(() => setTurn(before => before + 1), []);
  const isCurrent = state.path === path;
  return {
    data: isCurrent ? state.data : null,
    problem: isCurrent ? state.problem : null,
    isLoading: path !== null && !isCurrent,
    reload,
  };
}

/** Calls at once, then at most once in `pause` ms; what came meanwhile is one call at its end. */
export function useThrottled(action, pause) {
  const latest = useRef(action);
  latest.current = action;
  const timer = useRef(0);
  const isWanted = useRef(false);
  useEffect(() => () => clearTimeout(timer.current), []);
  return useCallback(() => {
    if (timer.current) {
      isWanted.current = true;
      return;
    }
    const run = () => {
      isWanted.current = false;
      latest.current();
      timer.current = setTimeout(() => {
        timer.current = 0;
        if (isWanted.current) {
          run();
        }
      }, pause);
    };
    run();
  }, [pause]);
}

/** The width of an element in whole pixels, 0 until it is known. */
export function useWidth(ref) {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    setWidth(Math.floor(element.getBoundingClientRect().width));
    const observer = new ResizeObserver(entries => setWidth(Math.floor(entries[0].contentRect.width)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return width;
}

export function Time({ at, isExact }) {
  return at ? html`<time datetime=${at} title=${at}>${isExact ? timeExact(at) : time(at)}</time>` : '–';
}

/** What could not be shown, and why, with the way to try again. */
export function Trouble({ problem, what, retry }) {
  return html`
    <div class="notice bad" role="alert">
      <p><strong>${what}</strong> ${explain(problem)}</p>
      ${retry && html`<button type="button" class="quiet" onClick=${retry}>Try again</button>`}
    </div>`;
}

export function Unanswered({ names }) {
  return names && names.length > 0 && html`
    <p class="notice warn" role="status">Not answered in time, and so missing here: ${names.join(', ')}.</p>`;
}

export function Empty({ children }) {
  return html`<p class="empty">${children}</p>`;
}

export function Loading() {
  return html`<p class="empty" role="status">Loading …</p>`;
}

export function Badge({ kind, children }) {
  return html`<span class=${'badge ' + kind}>${children}</span>`;
}

/**
 * Rows that become cards on a narrow screen; the roles keep it a table there for those who do not see it.
 * A column is {head, cell(row), isNumber?, isMain?, isWide?}.
 */
export function Table({ caption, columns, rows, rowKey, rowClass }) {
  return html`
    <table class="stack" role="table">
      <caption class="hidden">${caption}</caption>
      <thead role="rowgroup"><tr role="row">
        ${columns.map(column => html`
          <th role="columnheader" scope="col" class=${column.isNumber ? 'number' : ''}>${column.head}</th>`)}
      </tr></thead>
      <tbody role="rowgroup">
        ${rows.map(row => html`
          <tr role="row" key=${rowKey(row)} class=${rowClass ? rowClass(row) : ''}>
            ${columns.map(column => html`
              <td role="cell" data-head=${column.head}
                  class=${[column.isNumber && 'number', column.isMain && 'main',
                    column.isWide && 'wide'].filter(Boolean).join(' ')}>
                <div>${column.cell(row)}</div>
              </td>`)}
          </tr>`)}
      </tbody>
    </table>`;
}
