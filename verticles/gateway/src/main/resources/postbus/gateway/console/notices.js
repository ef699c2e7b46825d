// One line that tells what just came of something, for eyes and for screen readers.
import { html, store, useStore } from './ui.js';

const notice = store(null);

export function tell(text, kind = 'good') {
  notice.set({ text, kind });
}

export function clearNotice() {
  if (notice.value) {
    notice.set(null);
  }
}

export function Notices() {
  const shown = useStore(notice);
  return html`
    <div class="toasts" role="status">
      ${shown && html`
        <div class=${'toast ' + shown.kind}>
          <p>${shown.text}</p>
          <button type="button" class="quiet" onClick=${clearNotice}>Dismiss</button>
        </div>`}
    </div>`;
}
