// Numbers, times and names as people read them.

const COUNT = new Intl.NumberFormat('en');
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const ONE_DIGIT = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAY_TIME = new Intl.DateTimeFormat('en-GB',
  { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit' });
const TIME_EXACT = new Intl.DateTimeFormat('en-GB',
  { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 });

export function count(number) {
  return COUNT.format(number);
}

/** For where there is little room. */
export function compact(number) {
  return number < 10_000 ? COUNT.format(Math.round(number)) : COMPACT.format(number);
}

/** Something per second. */
export function rate(number) {
  return (number < 100 ? ONE_DIGIT.format(number) : COUNT.format(Math.round(number))) + '/s';
}

export function millis(number) {
  if (number < 10) {
    return ONE_DIGIT.format(number) + ' ms';
  }
  return number < 1_000 ? COUNT.format(Math.round(number)) + ' ms' : seconds(number / 1_000);
}

export function seconds(number) {
  if (number < 60) {
    return ONE_DIGIT.format(number) + ' s';
  }
  if (number < 3_600) {
    return Math.floor(number / 60) + ' min ' + Math.floor(number % 60) + ' s';
  }
  const hours = Math.floor(number / 3_600);
  return hours < 48 ? hours + ' h ' + Math.floor(number % 3_600 / 60) + ' min' : Math.floor(hours / 24) + ' days';
}

export function bytes(number) {
  if (number < 1_024) {
    return COUNT.format(number) + ' B';
  }
  return number < 1 << 20 ? ONE_DIGIT.format(number / 1_024) + ' KiB' : ONE_DIGIT.format(number / (1 << 20)) + ' MiB';
}

/** Of today only the time. */
export function time(instant) {
  const date = new Date(instant);
  return (date.toDateString() === new Date().toDateString() ? TIME : DAY_TIME).format(date);
}

export function timeExact(instant) {
  const date = new Date(instant);
  const today = date.toDateString() === new Date().toDateString();
  return today ? TIME_EXACT.format(date) : DAY_TIME.format(date);
}

export function money({ amount, currency }) {
  try {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency });
    return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
  } catch {
    return amount + ' ' + currency; // a currency that nobody knows
  }
}

/** What a message type says, without service and version: `ordering.order-placed.v1` is "Order placed". */
export function typeName(type) {
  const words = type.replace(/^[^.]*\./, '').replace(/\.v\d+$/, '').replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Whose type it is. */
export function typeService(type) {
  return type.split('.', 1)[0];
}

/** The end of an id, which is where ids of one time differ. */
export function shortId(id) {
  return id && id.length > 12 ? '…' + id.slice(-8) : id;
}

export function plural(number, one, many = one + 's') {
  return count(number) + ' ' + (number === 1 ? one : many);
}

/** JSON with its lines and indents; what is none, and that may be what is wrong with it, as it is. */
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
