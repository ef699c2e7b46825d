// Before the page is drawn, so that it is never drawn in the wrong colours first.
try {
  const chosen = localStorage.getItem('postbus.theme');
  if (chosen === 'light' || chosen === 'dark') {
    document.documentElement.dataset.theme = chosen;
  }
} catch {
  // Storage may be forbidden; then the system's colours are used.
}
