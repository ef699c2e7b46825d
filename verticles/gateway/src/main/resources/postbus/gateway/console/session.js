// Who one is to the gateway: the demo user, nobody yet, or somebody whom an OpenID provider knows (code flow with PKCE,
// RFC 7636). The token is kept in this page only: what is stored, any script that ever gets in could take away with it,
// and who loads the page anew is logged in again by the provider without a word.
import { store } from './ui.js';

/** Kept while one is at the provider: what the answer must fit, which is of no use to anybody else. */
const PENDING = 'postbus.login';

let token = null;

/**
 * {state, name, isDevelopment, canLogIn, problem}; the state is 'open' where nobody is asked, 'out' where somebody must
 * log in, 'in' when somebody has.
 */
export const session = store({ state: 'open', name: null, isDevelopment: false, canLogIn: false, problem: null });

let provider = null;

export function hasToken() {
  return token !== null;
}

/** The headers that say who asks. */
export function credentials() {
  return token === null ? {} : { Authorization: 'Bearer ' + token };
}

/** The gateway does not take the token any more, or wants one. */
export function refused() {
  const hadToken = token !== null;
  token = null;
  session.set({
    ...session.value,
    state: 'out',
    name: null,
    problem: hadToken ? 'You have been logged out, since the time of your token is over.' : session.value.problem,
  });
}

/** Finds out what the gateway wants, and takes what the provider answered if one comes from there. */
export async function begin() {
  const asked = await fetch('/console/config.json', { cache: 'no-store' }).then(
    response => (response.ok ? response.json() : {}), () => ({}));
  provider = asked.login || null;
  const isDevelopment = asked.profile !== 'production';
  session.set({
    ...session.value, isDevelopment, canLogIn: provider !== null, state: isDevelopment ? 'open' : 'out',
  });
  const answer = new URLSearchParams(location.search);
  if (provider && answer.has('state') && (answer.has('code') || answer.has('error'))) {
    try {
      await complete(answer);
    } catch (failure) {
      session.set({ ...session.value, problem: 'The login failed: ' + failure.message + '.' });
    }
  }
}

/** Leaves for the provider. */
export async function logIn() {
  if (!crypto.subtle) {
    session.set({ ...session.value, problem: 'Browsers log in only where the page came by HTTPS, or from this machine.' });
    return;
  }
  const pending = { state: random(), verifier: random(), place: location.hash };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(pending.verifier));
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: provider.clientId,
    redirect_uri: home(),
    scope: provider.scope,
    state: pending.state,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
  });
  location.assign(provider.authorizationEndpoint + (provider.authorizationEndpoint.includes('?') ? '&' : '?') + query);
}

async function complete(answer) {
  const pending = JSON.parse(sessionStorage.getItem(PENDING) || 'null');
  sessionStorage.removeItem(PENDING);
  history.replaceState(null, '', '/' + (pending?.place || ''));
  dispatchEvent(new HashChangeEvent('hashchange'));
  if (!pending || answer.get('state') !== pending.state) {
    throw new Error('it was not begun in this window');
  }
  if (answer.has('iss') && answer.get('iss') !== provider.issuer) {
    throw new Error('the answer is of ' + answer.get('iss'));
  }
  if (answer.has('error')) {
    throw new Error(answer.get('error_description') || answer.get('error'));
  }
  const response = await fetch(provider.tokenEndpoint, {
    method: 'POST',
    credentials: 'omit',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: answer.get('code'),
      redirect_uri: home(),
      client_id: provider.clientId,
      code_verifier: pending.verifier,
    }),
  });
  const given = await response.json().catch(() => ({}));
  if (!response.ok || !given.access_token) {
    throw new Error(given.error_description || given.error || 'status ' + response.status);
  }
  token = given.access_token;
  session.set({ ...session.value, state: 'in', name: nameIn(given.id_token) || nameIn(token), problem: null });
}

/** For showing only: whether a token is true is for the gateway to say. */
function nameIn(jwt) {
  try {
    const text = atob(jwt.split('.')[1].replace(/-/g, '+').replace(/_/g, '/'));
    const claims = JSON.parse(new TextDecoder().decode(Uint8Array.from(text, character => character.charCodeAt(0))));
    return claims.preferred_username || claims.name || claims.sub || null;
  } catch {
    return null;
  }
}

function home() {
  return location.origin + '/';
}

function random() {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}
