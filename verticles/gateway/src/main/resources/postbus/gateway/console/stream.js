// Server-sent events read by hand (WHATWG HTML, section 9.2): an EventSource can send no token, nor tell the status that
// it was refused with.
import { credentials } from './session.js';

/**
 * Opens a stream once; who wants it again opens another one.
 *
 * @param onId called with each id, also one that comes without an event
 * @param onMessage called with the data of each event that has no name
 * @param onEnd called once when it is over, with the status if it was refused and 0 else
 * @returns how to end it, after which nothing is called any more
 */
export function open(url, { onOpen, onId, onMessage, onAnything, onEnd }) {
  const asking = new AbortController();
  let isOver = false;

  function over(status) {
    if (!isOver) {
      isOver = true;
      asking.abort();
      onEnd(status);
    }
  }

  async function read() {
    const response = await fetch(url, {
      cache: 'no-store',
      headers: { Accept: 'text/event-stream', ...credentials() },
      signal: asking.signal,
    });
    if (!response.ok) {
      over(response.status);
      return;
    }
    if (isOver) {
      return;
    }
    onOpen();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { value, done } = await reader.read();
      if (done || isOver) {
        break;
      }
      onAnything();
      const blocks = (rest + value).split('\n\n');
      rest = blocks.pop();
      for (const block of blocks) {
        if (!isOver) {
          take(block);
        }
      }
    }
    over(0);
  }

  function take(block) {
    let name = '';
    const data = [];
    for (const line of block.split('\n')) {
      const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
      if (field === 'id') {
        onId(value);
      } else if (field === 'event') {
        name = value;
      } else if (field === 'data') {
        data.push(value);
      }
    }
    if (data.length > 0 && name === '') {
      onMessage(data.join('\n'));
    }
  }

  read().catch(() => over(0));
  return () => {
    isOver = true;
    asking.abort();
  };
}
