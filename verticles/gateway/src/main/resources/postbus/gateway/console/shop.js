// The shop: what there is to buy, an order being placed, and how orders move through the services.
import {
  Badge, Empty, Loading, Time, Trouble, html, useEffect, useLoad, useMemo, useRef, useState, useThrottled,
} from './ui.js';
import { call, explain, isUnknownOutcome, uuid, withQuery } from './api.js';
import { count, millis, money, plural, shortId, typeName, typeService } from './format.js';
import { useStream } from './live.js';
import { go, link } from './router.js';
import { Confirm } from './dialog.js';
import { tell } from './notices.js';

const PRODUCTS_MAX = 50;
const ORDERS_MAX = 10;
/** ms between two looks at what events say has changed. */
const LOOK_PAUSE = 1_000;

const STEPS = ['placed', 'confirmed', 'paid', 'shipped'];
const FINAL = new Set(['shipped', 'cancelled']);

const TOKENS = [
  ['', 'The customer’s default'],
  ['tok_visa', 'tok_visa: is charged'],
  ['tok_declined', 'tok_declined: is declined'],
  ['tok_slow', 'tok_slow: answers too late'],
];

export function ShopPage({ path }) {
  const orderId = path[1] || null;
  const products = useLoad(withQuery('/products', { limit: PRODUCTS_MAX }));
  const orders = useLoad(withQuery('/orders', { limit: ORDERS_MAX }));
  const skus = products.data ? products.data.products.map(product => product.sku) : [];
  const stock = useStock(skus);

  const lookAtOrders = useThrottled(orders.reload, LOOK_PAUSE);
  const lookAtStock = useThrottled(stock.reload, LOOK_PAUSE);
  const lookAtProducts = useThrottled(products.reload, LOOK_PAUSE);
  const stream = useStream('/events?source=ordering&source=inventory&source=catalog', event => {
    switch (event.source) {
      case 'ordering': return lookAtOrders();
      case 'inventory': return lookAtStock();
      default: return lookAtProducts();
    }
  });
  function look() {
    products.reload();
    orders.reload();
    stock.reload();
  }
  // What happened while the gateway was away is seen with the first look after it
  const wasLive = useRef(false);
  useEffect(() => {
    if (stream.name === 'live') {
      if (wasLive.current) {
        look();
      }
      wasLive.current = true;
    }
  }, [stream.name]);

  return html`
    <div class="head">
      <h1>Shop</h1>
      ${stream.name === 'refused' && html`
        <p class="aside">Stock and orders are not live here (${stream.status}).
          <button type="button" class="quiet" onClick=${look}>Look again</button></p>`}
    </div>
    <div class="columns shop">
      <section class="card" aria-labelledby="order-title">
        <h2 id="order-title">Place an order</h2>
        ${products.problem && html`
          <${Trouble} what="The products cannot be shown." problem=${products.problem} retry=${products.reload} />`}
        ${products.isLoading && html`<${Loading} />`}
        ${products.data && (skus.length === 0
          ? html`<${Empty}>There is nothing to buy yet. Products are made with PUT /products/{sku}.<//>`
          : html`<${OrderForm} products=${products.data.products} stock=${stock.levels}
                   hasMore=${Boolean(products.data.next)} />`)}
      </section>
      <div>
        ${orderId && html`<${OrderPanel} key=${orderId} orderId=${orderId} onChange=${lookAtOrders} />`}
        <section class="card" aria-labelledby="orders-title">
          <h2 id="orders-title">Newest orders</h2>
          <${Orders} orders=${orders} selected=${orderId} />
        </section>
      </div>
    </div>`;
}

/** Stock by sku, asked for whenever the skus change or `reload` is called. */
function useStock(skus) {
  const [levels, setLevels] = useState({});
  const [turn, setTurn] = useState(0);
  const names = skus.join(' ');
  useEffect(() => {
    const asking = new AbortController();
    for (const sku of names.split(' ').filter(Boolean)) {
      call('GET', '/stock/' + encodeURIComponent(sku), { signal: asking.signal }).then(
        level => setLevels(before => ({ ...before, [sku]: level })),
        () => {}); // unknown stock is shown as unknown
    }
    return () => asking.abort();
  }, [names, turn]);
  return { levels, reload: () => setTurn(before => before + 1) };
}

function OrderForm({ products, stock, hasMore }) {
  const [quantities, setQuantities] = useState({});
  const [customerId, setCustomerId] = useState('c-1');
  const [paymentToken, setPaymentToken] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);

  const lines = products
    .filter(product => quantities[product.sku] > 0)
    .map(product => ({ sku: product.sku, quantity: quantities[product.sku] }));
  const order = { customerId, lines, ...(paymentToken && { paymentToken }) };
  // The same order under the same key is one order, however often the button is pressed
  const wish = JSON.stringify(order);
  const [attempt, setAttempt] = useState(0);
  const key = useMemo(uuid, [wish, attempt]);

  async function submit(event) {
    event.preventDefault();
    if (lines.length === 0) {
      setProblem({ status: 422, message: 'Say how many of at least one product', body: {} });
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      const placed = await call('POST', '/orders', { body: order, headers: { 'Idempotency-Key': key } });
      setQuantities({});
      setAttempt(before => before + 1);
      tell('Order ' + shortId(placed.orderId) + ' is placed.');
      go(['shop', placed.orderId]);
    } catch (failure) {
      setProblem(failure);
      if (!isUnknownOutcome(failure)) {
        setAttempt(before => before + 1); // a refusal is kept under its key
      }
    } finally {
      setBusy(false);
    }
  }

  return html`
    <form class="order" onSubmit=${submit}>
      <ul class="products">
        ${products.map(product => html`
          <${Product} key=${product.sku} product=${product} level=${stock[product.sku]}
            quantity=${quantities[product.sku] || 0}
            onQuantity=${quantity => setQuantities({ ...quantities, [product.sku]: quantity })} />`)}
      </ul>
      ${hasMore && html`<p class="hint">There are more products than these ${PRODUCTS_MAX}.</p>`}
      <div class="fields">
        <label>Customer
          <input name="customer" required maxlength="255" autocomplete="off" value=${customerId}
                 onInput=${event => setCustomerId(event.target.value)} />
        </label>
        <label>Payment
          <select name="payment" value=${paymentToken} onChange=${event => setPaymentToken(event.target.value)}>
            ${TOKENS.map(([token, text]) => html`<option value=${token}>${text}</option>`)}
          </select>
        </label>
      </div>
      ${problem && html`
        <p class="notice bad" role="alert">${explain(problem)}
          ${isUnknownOutcome(problem)
            && ' Whether the order is placed is unknown. Place it again: it is the same order, and never two.'}</p>`}
      <div class="buttons">
        <output class="total">${lines.length > 0 ? total(products, quantities) : 'Nothing chosen yet'}</output>
        <button type="submit" class="primary" disabled=${isBusy}>${isBusy ? 'Placing …' : 'Place order'}</button>
      </div>
    </form>`;
}

function total(products, quantities) {
  const sums = {};
  for (const { sku, price } of products) {
    if (quantities[sku] > 0) {
      sums[price.currency] = (sums[price.currency] || 0) + price.amount * quantities[sku];
    }
  }
  return Object.entries(sums).map(([currency, amount]) => money({ amount, currency })).join(' + ');
}

function Product({ product, level, quantity, onQuantity }) {
  const id = 'quantity-' + product.sku;
  return html`
    <li class="product">
      <div class="what">
        <label for=${id}><strong>${product.name}</strong></label>
        <span class="hint">${money(product.price)} · <span class="mono">${product.sku}</span></span>
      </div>
      <div class="stock">
        ${level
          ? html`<span class=${level.available > 0 ? '' : 'bad-text'}>${count(level.available)} available</span>
              <span class="hint">${level.reserved > 0 ? count(level.reserved) + ' promised' : ''}</span>`
          : html`<span class="hint">stock unknown</span>`}
      </div>
      <div class="stepper">
        <button type="button" class="quiet" aria-label=${'One ' + product.name + ' less'} disabled=${quantity === 0}
                onClick=${() => onQuantity(quantity - 1)}>−</button>
        <input id=${id} type="number" min="0" max="1000000" step="1" inputmode="numeric" value=${quantity}
               data-sku=${product.sku}
               onInput=${event => onQuantity(Math.max(0, Math.floor(Number(event.target.value) || 0)))} />
        <button type="button" class="quiet" aria-label=${'One ' + product.name + ' more'}
                onClick=${() => onQuantity(quantity + 1)}>+</button>
      </div>
    </li>`;
}

function Orders({ orders, selected }) {
  if (orders.problem) {
    return html`<${Trouble} what="The orders cannot be shown." problem=${orders.problem} retry=${orders.reload} />`;
  }
  if (!orders.data) {
    return html`<${Loading} />`;
  }
  if (orders.data.orders.length === 0) {
    return html`<${Empty}>Nobody has ordered anything yet.<//>`;
  }
  return html`
    <ul class="rows">
      ${orders.data.orders.map(order => html`
        <li key=${order.orderId}>
          <a href=${link(['shop', order.orderId])} aria-current=${order.orderId === selected ? 'true' : null}>
            <span class="grow"><span class="mono">${shortId(order.orderId)}</span>
              <span class="hint">${order.customerId} · ${money(order.total)}</span></span>
            <${Status} status=${order.status} />
          </a>
        </li>`)}
    </ul>`;
}

function Status({ status }) {
  const kind = { shipped: 'good', cancelled: 'bad' }[status] || 'busy';
  return html`<${Badge} kind=${kind}>${status}<//>`;
}

const STATUS_OF = {
  'ordering.order-placed': 'placed',
  'ordering.order-confirmed': 'confirmed',
  'ordering.order-paid': 'paid',
  'ordering.order-shipped': 'shipped',
  'ordering.order-cancelled': 'cancelled',
};

function statusAfter(type) {
  return STATUS_OF[type.replace(/\.v\d+$/, '')];
}

/** One order as it moves, each event as it is committed by the service whose fact it is. */
function OrderPanel({ orderId, onChange }) {
  const order = useLoad('/orders/' + encodeURIComponent(orderId));
  const [events, setEvents] = useState([]);
  const [isCancelling, setCancelling] = useState(false);
  const heading = useRef(null);

  const stream = useStream('/orders/' + encodeURIComponent(orderId) + '/events', event => {
    // Resumed, a stream may begin again
    setEvents(before => before.some(known => known.id === event.id && known.source === event.source)
      ? before
      : [...before, event].sort((a, b) => a.time.localeCompare(b.time)));
    if (statusAfter(event.type)) {
      onChange();
    }
  }, () => setEvents([]));

  useEffect(() => heading.current?.scrollIntoView({ block: 'nearest' }), []);

  const happened = events.length > 0
    ? events.map(event => ({
      key: event.source + event.id, id: event.id, type: event.type, at: event.time, data: event.data,
    }))
    : (order.data?.history || []).map((entry, index) => ({ key: index, type: entry.type, at: entry.at }));
  const status = happened.map(event => statusAfter(event.type)).filter(Boolean)
    .reduce((_, next) => next, order.data?.status);
  const reason = happened.find(event => statusAfter(event.type) === 'cancelled')?.data?.reason || order.data?.reason;
  const correlationId = events[0]?.correlationid;

  async function cancel() {
    const answer = await call('POST', '/orders/' + encodeURIComponent(orderId) + '/cancel');
    tell(answer.status === 'cancelled' ? 'The order is cancelled.' : 'The cancellation is under way.');
    order.reload();
    onChange();
  }

  return html`
    <section class="card order-panel" aria-labelledby="one-order">
      <div class="card-head">
        <h2 id="one-order" ref=${heading}>Order <span class="mono">${shortId(orderId)}</span></h2>
        <${Status} status=${status || '…'} />
        <a class="close" href=${link(['shop'])} aria-label="Close this order">×</a>
      </div>
      ${order.problem && !order.data && html`
        <${Trouble} what="The order cannot be shown." problem=${order.problem} retry=${order.reload} />`}
      <${Steps} status=${status} />
      ${reason && html`<p class="notice warn">Cancelled: ${reason.replaceAll('-', ' ')}.</p>`}
      ${order.data && html`
        <p class="hint">
          ${order.data.lines.map(line => count(line.quantity) + ' × ' + line.sku).join(', ')} for
          ${' ' + money(order.data.total)}, ordered by ${order.data.customerId}.</p>`}
      <h3>What happened</h3>
      ${stream.name === 'refused' && html`
        <p class="notice warn">Not live: the stream of this order was refused (${stream.status}).
          <button type="button" class="quiet" onClick=${order.reload}>Look again</button></p>`}
      ${happened.length === 0
        ? html`<${Empty}>Nothing is known yet.<//>`
        : html`<ol class="timeline" aria-live="polite">
            ${happened.map((event, index) => html`
              <li key=${event.key} class=${eventKind(event.type)} data-type=${event.type}>
                <span class="grow">
                  ${event.id ? html`<a href=${link(['messages', event.id])}>${typeName(event.type)}</a>`
                    : html`<span>${typeName(event.type)}</span>`}
                  <span class="hint">${typeService(event.type)}</span>
                </span>
                <span class="hint number">
                  ${index > 0 && html`<span title="since the one before">
                    +${millis(new Date(event.at) - new Date(happened[index - 1].at))} · </span>`}
                  <${Time} at=${event.at} isExact /></span>
              </li>`)}
          </ol>`}
      <div class="buttons">
        ${correlationId && html`
          <a class="button quiet" href=${link(['messages'], { correlationId })}>All its messages</a>`}
        ${status && !FINAL.has(status) && html`
          <button type="button" class="danger" onClick=${() => setCancelling(true)}>Cancel order …</button>`}
      </div>
      ${isCancelling && html`
        <${Confirm} title="Cancel this order?" action="Cancel order" isDangerous ask=${false}
          onConfirm=${cancel} onClose=${() => setCancelling(false)}>
          <p>What is paid is refunded, what is reserved is released. An order that is already on its way may be shipped
            all the same.</p>
        <//>`}
    </section>`;
}

function eventKind(type) {
  if (/cancelled|rejected|declined/.test(type)) {
    return 'bad';
  }
  return statusAfter(type) ? 'step' : '';
}

function Steps({ status }) {
  const reached = STEPS.indexOf(status);
  return html`
    <ol class=${'steps' + (status === 'cancelled' ? ' is-cancelled' : '')} aria-label="How far it is">
      ${STEPS.map((step, index) => html`
        <li key=${step} class=${index <= reached ? 'is-done' : ''} aria-current=${step === status ? 'step' : null}>
          <span class="dot" aria-hidden="true"></span>${step}</li>`)}
    </ol>`;
}
