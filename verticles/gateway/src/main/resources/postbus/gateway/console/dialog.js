// Dialogs that ask before something is done. The browser keeps the focus inside and gives it back afterwards.
import { html, useEffect, useRef, useState } from './ui.js';
import { explain, isUnknownOutcome } from './api.js';
import { hasToken } from './session.js';

const BY = 'postbus.by';

function remembered() {
  try {
    return localStorage.getItem(BY) || '';
  } catch {
    return '';
  }
}

function remember(by) {
  try {
    localStorage.setItem(BY, by);
  } catch {
    // Then it is asked for again
  }
}

/**
 * A question with the button that does it. `onConfirm` is given the form's fields and returns a promise; the dialog
 * closes when that is kept, and stays with what went wrong when it is not.
 *
 * @param ask whether it asks who decides and why, which are kept with the decision
 */
export function Confirm({ title, children, action, isDangerous, ask = true, onConfirm, onClose }) {
  const dialog = useRef(null);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);

  useEffect(() => {
    const before = document.activeElement;
    dialog.current.showModal();
    return () => {
      // What opened the dialog may be gone by now
      (before && before.isConnected ? before : document.getElementById('main'))?.focus();
    };
  }, []);

  async function submit(event) {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.target));
    if (ask && fields.by) {
      remember(fields.by);
    }
    setBusy(true);
    setProblem(null);
    try {
      await onConfirm(fields);
      onClose();
    } catch (failure) {
      setProblem(failure);
      setBusy(false);
    }
  }

  return html`
    <dialog ref=${dialog} aria-labelledby="dialog-title"
            onCancel=${event => { event.preventDefault(); if (!isBusy) { onClose(); } }}>
      <form onSubmit=${submit}>
        <h2 id="dialog-title">${title}</h2>
        <div class="dialog-body">
          ${children}
          ${ask && html`
            ${!hasToken() && html`
              <label>Who decides
                <input name="by" required maxlength="200" pattern=".*\\S.*" autocomplete="name"
                       defaultValue=${remembered()} autofocus=${remembered() === ''} />
              </label>`}
            <label>Why
              <input name="why" required maxlength="1000" pattern=".*\\S.*" autocomplete="off"
                     autofocus=${hasToken() || remembered() !== ''} />
              <span class="hint">Kept with the decision, for those who look later.</span>
            </label>`}
          ${problem && html`
            <p class="notice bad" role="alert">${explain(problem)}
              ${isUnknownOutcome(problem) && ' Whether it was done is unknown; look before you do it again.'}</p>`}
        </div>
        <div class="buttons">
          <button type="button" class="quiet" disabled=${isBusy} onClick=${onClose}>Leave it</button>
          <button type="submit" class=${isDangerous ? 'danger' : 'primary'} disabled=${isBusy}>
            ${isBusy ? 'Working …' : action}</button>
        </div>
      </form>
    </dialog>`;
}
