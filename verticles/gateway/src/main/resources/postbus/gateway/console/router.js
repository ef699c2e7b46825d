// Where the reader is: the part of the address after '#', such as #/messages?key=7, so that every place has a link.
import { store } from './ui.js';

function read() {
  const [path, query] = location.hash.replace(/^#/, '').split('?', 2);
  return {
    path: path.split('/').filter(Boolean).map(decode),
    query: Object.fromEntries(new URLSearchParams(query || '')),
  };
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const route = store(read());

addEventListener('hashchange', () => route.set(read()));

/** The link to a place: `link(['messages', id], {key})`. */
export function link(path, query = {}) {
  const parameters = new URLSearchParams(
    Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== ''));
  const text = parameters.toString();
  return '#/' + path.map(encodeURIComponent).join('/') + (text ? '?' + text : '');
}

export function go(path, query) {
  location.hash = link(path, query);
}
