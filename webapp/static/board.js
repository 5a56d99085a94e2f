// The live board. It reads the open orders once, then follows the stream of changes from just before that reading.
// A change may come twice; an order's version makes the second time harmless.

const STEPS = {
  PAID: { column: "PAID", next: "PREPARING", label: "Start preparing" },
  PREPARING: { column: "PREPARING", next: "READY", label: "Ready" },
  READY: { column: "READY", next: "SERVED", label: "Served" },
  OUT_FOR_DELIVERY: { column: "READY", next: "DELIVERED", label: "Delivered" },
};
const GOES_OUT = { column: "READY", next: "OUT_FOR_DELIVERY", label: "Out for delivery" };
const SILENCE = 25_000;  // the stream says something every ten seconds
const LOOK = 5_000;
const PATIENCE = 10_000;
const BLINK = 2_500;  // a routine reconnect is not worth a red light
const LATE_MINUTES = 10;

const board = document.getElementById("board");
const light = document.getElementById("live");
const notice = document.getElementById("notice");
const template = document.getElementById("card");
const token = document.querySelector('meta[name="csrf-token"]').content;

const known = new Map();  // order id → { version, order }; a closed order is kept as null, so that late repeats stay away
const cards = new Map();  // order id → its element
const columns = new Map([...board.querySelectorAll("[data-status]")].map((column) => [column.dataset.status, column]));

let source = null;
let live = false;
let heard = 0;
let skew = 0;
let readings = Promise.resolve();  // one after the other
let blinking = 0;
let touched = new Set();

// --- what is known

function take({ order_id: id, version, order }) {
  const before = known.get(id);
  touched.add(id);
  if (before && before.version >= version) return;
  known.set(id, { version, order });
  draw(id, order, before);
}

function read() {
  readings = readings.catch(() => {}).then(readNow);
  return readings;
}

async function readNow() {
  touched = new Set();
  const answer = await fetch(board.dataset.orders, {
    headers: { Accept: "application/json" }, cache: "no-store", signal: AbortSignal.timeout(PATIENCE),
  });
  if (answer.status === 401) leave();
  if (!answer.ok) throw new Error("not readable");
  skew = Date.now() - Date.parse(answer.headers.get("Date") || new Date().toUTCString());
  const { stream, orders } = await answer.json();
  replace(orders);
  return stream;
}

function replace(orders) {
  const open = new Set(orders.map((order) => order.id));
  for (const order of orders) take({ order_id: order.id, version: order.version, order });
  for (const [id, { version, order }] of known) {
    if (order && !open.has(id) && !touched.has(id)) {
      known.set(id, { version, order: null });
      draw(id, null);
    }
  }
}

// --- the stream

async function start() {
  try {
    const after = await read();
    if (after !== null) listen(after);
  } catch {
    dim();
  }
}

function listen(after) {
  if (source) source.close();
  heard = Date.now();
  source = new EventSource(`${board.dataset.events}?after=${encodeURIComponent(after)}`);
  source.onmessage = (event) => { hear(); take(JSON.parse(event.data)); };
  source.addEventListener("state", (event) => { hear(); if (JSON.parse(event.data).live) shine(); else dim(); });
  source.addEventListener("reset", () => { hear(); start(); });
  source.addEventListener("ended", leave);
  source.onerror = dim;
}

function hear() {
  heard = Date.now();
}

function look() {
  const silent = Date.now() - heard > SILENCE;
  if (silent) dim();
  if (!source || source.readyState === EventSource.CLOSED || silent) start();
  else if (!live) read().catch(dim);
}

function shine() {
  clearTimeout(blinking);
  live = true;
  show("yes", "Live");
}

function dim() {
  if (!live && light.dataset.live) return;
  live = false;
  clearTimeout(blinking);
  blinking = setTimeout(() => show("no", "Not live – trying again"), BLINK);
}

function show(state, words) {
  light.dataset.live = state;
  light.textContent = words;
  board.classList.toggle("stale", state === "no");
}

function leave() {
  if (source) source.close();
  location.assign(board.dataset.login);
}

// --- the page

function draw(id, order, before) {
  let card = cards.get(id);
  const column = order && columns.get(step(order).column);
  if (!column) {
    if (card) card.remove();
    cards.delete(id);
  } else {
    if (!card) cards.set(id, card = blank(id));
    fill(card, order);
    card.classList.toggle("fresh", !before && live);
    place(card, column.querySelector("[data-cards]"));
  }
  for (const each of columns.values()) {
    each.querySelector("[data-count]").textContent = each.querySelector("[data-cards]").children.length;
  }
}

function step(order) {
  const delivery = order.address && !order.table;
  return delivery && order.status === "READY" ? GOES_OUT : STEPS[order.status] || {};
}

function blank(id) {
  const card = template.content.firstElementChild.cloneNode(true);
  card.querySelector("[data-move]").addEventListener("click", () => move(id));
  return card;
}

function fill(card, order) {
  const part = (name) => card.querySelector(`[data-${name}]`);
  card.dataset.number = order.number;
  card.dataset.since = order.paid_at || order.placed_at;
  part("number").textContent = `#${order.number}`;
  part("table").textContent = order.table ? `Table ${order.table}` : "";
  part("table").hidden = !order.table;
  part("guest").textContent = [order.guest, order.pickup && "Pickup", order.address, order.note].filter(Boolean).join(" – ");
  part("items").replaceChildren(...order.items.map(line));
  part("move").textContent = step(order).label;
  part("move").disabled = false;
  age(card);
}

function line(item) {
  const row = document.createElement("li");
  const count = document.createElement("b");
  const name = document.createElement("bdi");
  count.textContent = `${item.quantity} ×`;
  name.textContent = item.note ? `${item.name} – ${item.note}` : item.name;
  row.append(count, name);
  return row;
}

function place(card, list) {
  const next = [...list.children].find((other) => other !== card && Number(other.dataset.number) > Number(card.dataset.number));
  if (card.parentElement !== list || card.nextElementSibling !== (next || null)) list.insertBefore(card, next || null);
}

function age(card) {
  const minutes = Math.max(0, Math.floor((Date.now() - skew - Date.parse(card.dataset.since)) / 60_000));
  const shown = card.querySelector("[data-age]");
  shown.textContent = minutes < 1 ? "now" : minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  shown.classList.toggle("late", minutes >= LATE_MINUTES);
}

// --- moving an order on

async function move(id) {
  const { order, version } = known.get(id);
  const button = cards.get(id).querySelector("[data-move]");
  button.disabled = true;
  try {
    const answer = await fetch(`${board.dataset.orders}/${id}`, {
      method: "POST",
      headers: { "Accept": "application/json", "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ status: step(order).next, version }),
    });
    if (answer.status === 401) leave();
    const body = await answer.json();
    if (body.order_id) take(body);
    if (!answer.ok) say(body.error);
  } catch {
    say("That did not get through. Please try again.");
  } finally {
    button.disabled = false;
  }
}

let quiet = 0;

function say(words) {
  notice.textContent = words;
  notice.hidden = false;
  clearTimeout(quiet);
  quiet = setTimeout(() => { notice.hidden = true; }, 6_000);
}

// --- off we go

setInterval(look, LOOK);
setInterval(() => cards.forEach(age), 15_000);
addEventListener("pageshow", (event) => { if (event.persisted) start(); });
addEventListener("online", start);
start();
