// The frame around the pages: where one is, whether it is live, and in which colours.
import { html, render, useEffect, useRef, useState, useStore } from './ui.js';
import { route, link } from './router.js';
import { listen, useLive } from './live.js';
import { begin, logIn, session } from './session.js';
import { Notices, clearNotice } from './notices.js';
import { ShopPage } from './shop.js';
import { FlowPage } from './flow.js';
import { MessagesPage } from './messages.js';
import { TroublePage } from './trouble.js';
import { NodesPage } from './nodes.js';

const PAGES = [
  ['shop', 'Shop', ShopPage],
  ['flow', 'Flow', FlowPage],
  ['messages', 'Messages', MessagesPage],
  ['trouble', 'Trouble', TroublePage],
  ['nodes', 'Nodes', NodesPage],
];

/** The pages, for who may see them: before that, the way in. */
function Door() {
  const { state } = useStore(session);
  const isIn = state !== 'out';
  useEffect(() => (isIn ? listen() : undefined), [isIn]);
  return isIn ? html`<${Console} />` : html`<${LogIn} />`;
}

function LogIn() {
  const { canLogIn, problem } = useStore(session);
  useEffect(() => { document.title = 'Log in · Postbus'; }, []);
  return html`
    <main id="main" class="login">
      <h1>Postbus</h1>
      ${problem && html`<p class="notice bad" role="alert">${problem}</p>`}
      ${canLogIn
        ? html`<p><button type="button" class="primary" onClick=${logIn}>Log in</button></p>`
        : html`<p>This gateway wants to know who you are, but has nobody to ask: see <span class="mono">OIDC_CLIENT_ID</span>.</p>`}
    </main>`;
}

function Who() {
  const { state, name, canLogIn } = useStore(session);
  if (state === 'in') {
    return html`<span class="who">${name}</span>`;
  }
  return canLogIn && html`<button type="button" class="quiet" onClick=${logIn}>Log in</button>`;
}

function Development() {
  const { isDevelopment } = useStore(session);
  return isDevelopment && html`
    <p class="profile" role="note">Development profile: whoever reaches this gateway may do everything.</p>`;
}

function Console() {
  const { path, query } = useStore(route);
  const [name, title, Page] = PAGES.find(page => page[0] === (path[0] || 'shop')) || ['', 'Not found', NotFound];
  const main = useRef(null);
  const place = path.join('/');
  const isFirst = useRef(true);

  useEffect(() => {
    document.title = title + ' · Postbus';
    if (isFirst.current) {
      isFirst.current = false;
      return;
    }
    // A new page is read from its top, also by those who hear it
    clearNotice();
    main.current.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [name]);

  return html`
    <a class="skip" href="#main" onClick=${event => { event.preventDefault(); main.current.focus(); }}>
      Skip to the content</a>
    <header>
      <a class="brand" href=${link(['shop'])}><img src="/console/icon.svg" alt="" width="28" height="28" />Postbus</a>
      <nav aria-label="Pages">
        ${PAGES.map(([page, text]) => html`
          <a key=${page} href=${link([page])} aria-current=${page === name ? 'page' : null}>${text}${page === 'trouble'
            && html`<${TroubleCount} />`}</a>`)}
      </nav>
      <div class="tools">
        <${Connection} />
        <${Who} />
        <${ThemeToggle} />
      </div>
    </header>
    <main id="main" ref=${main} tabindex="-1">
      <${Development} />
      <${Page} key=${name} path=${path} query=${query} place=${place} />
    </main>
    <footer>
      <a href="/docs">What the API takes</a>
      <a href="/asyncapi.yaml">What messages say</a>
    </footer>
    <${Notices} />`;
}

function NotFound({ path }) {
  return html`
    <h1>Nothing is here</h1>
    <p>There is no page <span class="mono">${path.join('/')}</span>.</p>`;
}

function TroubleCount() {
  const { snapshot } = useLive();
  const dead = (snapshot?.subscriptions || []).reduce((sum, each) => sum + each.dead, 0);
  return dead > 0 && html`<span class="count">${dead}<span class="hidden"> dead letters</span></span>`;
}

const STATES = {
  connecting: ['busy', 'connecting …'],
  live: ['good', 'live'],
  reconnecting: ['warn', 'reconnecting …'],
};

function Connection() {
  const { state } = useLive();
  const [kind, text] = STATES[state.name] || ['warn', 'not live (' + state.status + ')'];
  return html`
    <span class=${'connection ' + kind} role="status" data-state=${state.name}>
      <span class="dot" aria-hidden="true"></span>${text}</span>`;
}

function systemTheme() {
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

function ThemeToggle() {
  const [theme, setTheme] = useState(document.documentElement.dataset.theme || systemTheme());
  const other = theme === 'dark' ? 'light' : 'dark';
  function toggle() {
    document.documentElement.dataset.theme = other;
    setTheme(other);
    try {
      localStorage.setItem('postbus.theme', other);
    } catch {
      // Then it holds until the page is left
    }
  }
  return html`
    <button type="button" class="quiet icon theme" onClick=${toggle} aria-label=${'Use ' + other + ' colours'}
            title=${'Use ' + other + ' colours'}>
      <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
        ${theme === 'dark'
          ? html`<g fill="none" stroke="currentColor" stroke-width="1.600" stroke-linecap="round">
              <circle cx="10" cy="10" r="3.600" />
              <path d="M10 2v2M10 16v2M2 10h2M16 10h2M4.300 4.300l1.400 1.400M14.300 14.300l1.400 1.400M4.300 15.700l1.400-1.400M14.300 5.700l1.400-1.400" /></g>`
          : html`<path d="M16.500 12A7 7 0 0 1 8 3.500 7 7 0 1 0 16.500 12Z" fill="none" stroke="currentColor"
              stroke-width="1.600" stroke-linejoin="round" />`}
      </svg>
    </button>`;
}

const app = document.getElementById('app');
await begin();
app.textContent = '';
render(html`<${Door} />`, app);
