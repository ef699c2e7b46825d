// The gateway's API. What it refuses is thrown as a Problem, with the words the gateway found for it.

import { credentials, refused } from './session.js';

export class Problem extends Error {
  /** @param status 0 when there was no answer at all */
  constructor(status, body) {
    super(body.detail || body.title || 'status ' + status);
    this.status = status;
    this.body = body;
  }
}

const UNKNOWN_OUTCOME = new Set([0, 500, 502, 503, 504]);

/** Whether a command that met this problem may have been carried out all the same. */
export function isUnknownOutcome(problem) {
  return UNKNOWN_OUTCOME.has(problem.status);
}

/** What to tell people about a problem. */
export function explain(problem) {
  if (problem.status === 0) {
    return 'The gateway does not answer.';
  }
  if (problem.status === 404 && (!problem.body.type || problem.message.startsWith('nothing is at'))) {
    return 'This gateway does not offer it (404).';
  }
  if (problem.status === 503) {
    return 'It cannot be answered now (503): ' + problem.message + '.';
  }
  return problem.message + (problem.status ? ' (' + problem.status + ')' : '');
}

export async function call(method, path, { body, headers, signal } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method,
      signal,
      cache: 'no-store',
      headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...credentials(), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (failure) {
    throw new Problem(0, { detail: String(failure.message || failure) });
  }
  const text = await response.text().catch(() => '');
  const answer = parse(text);
  if (response.status === 401) {
    refused();
  }
  if (!response.ok) {
    throw new Problem(response.status, answer || {});
  }
  return answer;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A path with the parameters that have a value. */
export function withQuery(path, parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null && value !== '') {
      query.set(name, value);
    }
  }
  const text = query.toString();
  return text ? path + '?' + text : path;
}

/** A random UUID; crypto.randomUUID exists only where the page came by HTTPS or from this machine. */
export function uuid() {
  if (crypto.randomUUID) {
    return crypto.randomUUID();
  }
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
