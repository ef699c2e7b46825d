// What comes from the gateway by itself. Nothing here asks again and again: a stream is opened, and opened anew only
// after it broke.
import { open } from './stream.js';
import { refused } from './session.js';
import { store, useEffect, useRef, useState, useStore } from './ui.js';

const PAUSE_MIN = 500;
const PAUSE_MAX = 15_000;

/**
 * Follows server-sent events until it is ended, through restarts of the gateway. While nobody sees the page it holds no
 * connection, of which a browser has but six for one gateway; after that it goes on where it was.
 *
 * @param onState called with 'connecting', 'live', 'reconnecting' or 'refused', and in the last case the status
 * @param silentMax ms after which a stream that says nothing counts as broken; 0 for one that may be silent
 * @returns how to end it
 */
export function follow(url, { onMessage, onState, silentMax = 0 }) {
  let close = () => {};
  let lastId = '';
  let failures = 0;
  let timer = 0;
  let watchdog = 0;
  let hasEnded = false;

  function begin() {
    leave();
    if (hasEnded || document.hidden) {
      return;
    }
    const from = lastId ? (url.includes('?') ? '&' : '?') + 'lastEventId=' + encodeURIComponent(lastId) : '';
    close = open(url + from, {
      onOpen: () => {
        failures = 0;
        onState('live');
        watch();
      },
      onId: id => { lastId = id; },
      onAnything: watch,
      onMessage: data => onMessage(JSON.parse(data)),
      onEnd: again,
    });
    watch();
  }

  function watch() {
    clearTimeout(watchdog);
    if (silentMax) {
      watchdog = setTimeout(() => {
        onState('reconnecting');
        begin();
      }, silentMax);
    }
  }

  function again(status) {
    leave();
    if (status === 401) {
      refused();
    }
    if (status === 0) {
      onState('reconnecting');
    } else {
      onState('refused', status);
    }
    failures++;
    timer = setTimeout(begin, Math.min(PAUSE_MAX, PAUSE_MIN * 2 ** failures) * (0.75 + Math.random() / 2));
  }

  function leave() {
    clearTimeout(timer);
    clearTimeout(watchdog);
    close();
  }

  function onVisibility() {
    if (document.hidden) {
      leave();
    } else {
      begin();
    }
  }

  document.addEventListener('visibilitychange', onVisibility);
  onState('connecting');
  begin();
  return () => {
    hasEnded = true;
    document.removeEventListener('visibilitychange', onVisibility);
    leave();
  };
}

/** Follows a stream while the component is there; null follows nothing. Returns {name, status} of the connection. */
export function useStream(url, onMessage, onStart) {
  const [state, setState] = useState({ name: 'connecting' });
  const handler = useRef(onMessage);
  handler.current = onMessage;
  useEffect(() => {
    if (url === null) {
      return undefined;
    }
    onStart?.();
    return follow(url, {
      onMessage: message => handler.current(message),
      onState: (name, status) => setState({ name, status }),
    });
  }, [url]);
  return state;
}

/** 10 min of one snapshot a second. */
const HISTORY_MAX = 600;
const SILENT_MAX = 10_000;

const live = store({ state: { name: 'connecting' }, snapshot: null, history: [] });

/** Begins to listen; returns how to end it. */
export function listen() {
  return follow('/ops/live', {
    silentMax: SILENT_MAX,
    onState: (name, status) => live.set({ ...live.value, state: { name, status } }),
    onMessage: snapshot => live.set({
      ...live.value,
      snapshot,
      history: [...live.value.history.slice(1 - HISTORY_MAX), snapshot],
    }),
  });
}

/** The state of the whole: {state, snapshot or null, history}. */
export function useLive() {
  return useStore(live);
}
