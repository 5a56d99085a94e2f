// The live board. It reads the open orders and calls once, then follows the stream of changes from just before that
// reading. A change may come twice; its version makes the second time harmless.

import { age, place, setClock } from "./cards.js";
import { drawCall } from "./calls.js";
import { Kept } from "./kept.js";

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
const AGAIN = 60_000;  // what WhatsApp says of the account is not in the stream
const BLINK = 2_500;  // a routine reconnect is not worth a red light

const board = document.getElementById("board");
const light = document.getElementById("live");
const notice = document.getElementById("notice");
const urgency = document.getElementById("urgent");
const letters = document.getElementById("letters");
const template = document.getElementById("card");
const token = document.querySelector('meta[name="csrf-token"]').content;

const orders = new Kept(draw);
const calls = new Kept((id, call, before) => drawCall(id, call, !before && live, see));
const cards = new Map();  // order id → its element
const columns = new Map([...board.querySelectorAll("[data-status]")].map((column) => [column.dataset.status, column]));

let source = null;
let live = false;
let heard = 0;
let readings = Promise.resolve();  // one after the other
let blinking = 0;

// --- what is known

function take(change) {
  if ("order_id" in change) orders.take(change.order_id, change.version, change.order);
  if ("call_id" in change) calls.take(change.call_id, change.version, change.call);
}

function read() {
  readings = readings.catch(() => {}).then(readNow);
  return readings;
}

async function readNow() {
  orders.reading();
  calls.reading();
  const answer = await fetch(board.dataset.orders, {
    headers: { Accept: "application/json" }, cache: "no-store", signal: AbortSignal.timeout(PATIENCE),
  });
  if (answer.status === 401) leave();
  if (!answer.ok) throw new Error("not readable");
  setClock(answer.headers.get("Date"));
  const found = await answer.json();
  orders.replace(found.orders);
  calls.replace(found.calls);
  warn(found.urgent);
  count(found.letters);
  return found.stream;
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
  card.dataset.rank = order.number;
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

// --- a tap

function move(id) {
  const { version, thing: order } = orders.get(id);
  const button = cards.get(id).querySelector("[data-move]");
  return send(button, `${board.dataset.orders}/${id}`, { status: step(order).next, version });
}

function see(id, button) {
  return send(button, `${board.dataset.calls}/${id}/seen`, {});
}

async function send(button, address, wish) {
  button.disabled = true;
  try {
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Accept": "application/json", "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify(wish),
    });
    if (answer.status === 401) leave();
    const body = await answer.json();
    take(body);
    if (!answer.ok) say(body.error);
  } catch {
    say("That did not get through. Please try again.");
  } finally {
    button.disabled = false;
  }
}

function warn(urgent) {
  urgency.querySelector("[data-what]").textContent = urgent.join(" · ");
  urgency.hidden = urgent.length === 0;
}

function count(dead) {
  letters.querySelector("[data-what]").textContent = dead === 1 ? "1 dead letter: nothing came of it" : `${dead} dead letters: nothing came of them`;
  letters.hidden = !dead;
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
setInterval(() => read().catch(() => {}), AGAIN);  // whether the board is live is the stream's to say
setInterval(() => document.querySelectorAll("[data-since]").forEach(age), 15_000);
addEventListener("pageshow", (event) => { if (event.persisted) start(); });
addEventListener("online", start);
start();
