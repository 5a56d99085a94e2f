// The open orders as cards, in the columns of the view that was chosen.

import { begins, isUnseen, meet, seen } from "./bell.js";
import { age, place } from "./cards.js";
import { again, askOff, askSeat, soldOut, step } from "./taps.js";
import { choose, chosen, Columns } from "./views.js";

const STEPS = {
  PAID: { next: "PREPARING", label: "Start preparing", word: "New" },
  PREPARING: { next: "READY", label: "Ready", word: "Preparing" },
  READY: { next: "SERVED", label: "Served", word: "Ready" },
  OUT_FOR_DELIVERY: { next: "DELIVERED", label: "Delivered", word: "On its way" },
};
const GOES_OUT = { next: "OUT_FOR_DELIVERY", label: "Out for delivery", word: "Ready" };
const PAID_BY = { MPESA: "M-Pesa", CARD: "Card", CASH: "Cash" };

const board = document.getElementById("board");
const template = document.getElementById("card");
const cards = new Map();  // order id → column key → its element
const shown = new Map();  // order id → the order
const columns = new Columns(board);

export function draw(id, order, fresh) {
  if (order?.status === "PAID") meet(id, !shown.has(id), fresh); else begins(id);
  if (order) shown.set(id, order); else shown.delete(id);
  stand(id, order, fresh);
  columns.tidy();
}

// After a reading: also where it found nothing.
export function tidy() {
  columns.tidy();
}

function stand(id, order, fresh) {
  const places = order ? columns.places(order) : [];
  const mine = cards.get(id) || new Map();
  const wanted = new Set(places.map((one) => one.key));
  for (const [key, card] of mine) {
    if (wanted.has(key)) continue;
    card.remove();
    mine.delete(key);
  }
  for (const one of places) {
    if (!mine.has(one.key)) mine.set(one.key, blank(id));
    const card = mine.get(one.key);
    fill(card, order, one.items);
    card.classList.toggle("fresh", fresh);
    card.classList.toggle("unseen", isUnseen(id));
    place(card, columns.list(one));
  }
  if (mine.size) cards.set(id, mine); else cards.delete(id);
}

// --- one card

function blank(id) {
  const card = template.content.firstElementChild.cloneNode(true);
  const tap = (name, act) => card.querySelector(`[data-${name}]`)?.addEventListener("click", (event) => act(id, event.currentTarget));
  card.addEventListener("pointerdown", () => notice(id));
  card.addEventListener("focusin", () => notice(id));
  tap("move", (_, button) => step(id, next(shown.get(id)).next, button));
  tap("seat", askSeat);
  tap("off", askOff);
  tap("again", again);
  return card;
}

function notice(id) {
  seen(id);
  for (const card of cards.get(id).values()) card.classList.remove("unseen");
}

function next(order) {
  const delivery = order.address && !order.table;
  return delivery && order.status === "READY" ? GOES_OUT : STEPS[order.status] || {};
}

function fill(card, order, items) {
  const part = (name) => card.querySelector(`[data-${name}]`);
  const { label, word } = next(order);
  card.dataset.rank = order.number;
  card.dataset.since = order.paid_at || order.placed_at;
  card.dataset.status = order.status;
  part("number").textContent = `#${order.number}`;
  part("table").textContent = order.table ? `Table ${order.table}` : "";
  part("table").hidden = !order.table;
  part("word").textContent = word;
  part("practice").hidden = !order.practice;
  part("paid").textContent = (order.paid_by || []).map((method) => PAID_BY[method] || method).join(" + ");
  part("paid").hidden = !order.paid_by?.length;
  part("guest").textContent = [order.guest, order.pickup && "Pickup", order.address, order.note].filter(Boolean).join(" – ");
  part("items").replaceChildren(...items.map(line));
  part("receipt").hidden = order.practice;
  part("receipt").href = `${board.dataset.receipts}/${order.id}.pdf`;
  if (part("ticket")) part("ticket").href = `${board.dataset.tickets}/${order.id}`;
  part("outs")?.replaceChildren(...different(items).map(out));
  part("move").textContent = label;
  age(card);
}

function line(item) {
  const row = document.createElement("li");
  const count = document.createElement("b");
  const name = document.createElement("bdi");
  count.textContent = `${item.quantity} ×`;
  name.textContent = item.name;
  row.append(count, name);
  for (const choice of [...item.options, item.note].filter(Boolean)) {
    const said = document.createElement("bdi");
    said.className = "choice";
    said.textContent = choice;
    row.append(said);
  }
  return row;
}

function different(items) {
  return [...new Map(items.map((item) => [item.product_id, item])).values()];
}

function out(item) {
  const row = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "dropdown-item";
  button.textContent = `Sold out: ${item.name}`;
  button.addEventListener("click", () => soldOut(item, button));
  row.append(button);
  return row;
}

// --- the view

const picks = [...document.querySelectorAll("[data-view-choice]")];

function mark() {
  for (const pick of picks) pick.setAttribute("aria-pressed", String(pick.dataset.viewChoice === chosen()));
}

for (const pick of picks) {
  pick.addEventListener("click", () => {
    choose(pick.dataset.viewChoice);
    mark();
    for (const id of [...cards.keys()]) stand(id, null, false);
    columns.arrange(chosen());
    for (const [id, order] of shown) stand(id, order, false);
    columns.tidy();
  });
}
mark();
