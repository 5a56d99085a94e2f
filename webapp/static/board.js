// The live board. It reads the open orders and calls once, then follows the stream of changes from just before that
// reading. A change may come twice; its version makes the second time harmless.

import { drawCall } from "./calls.js";
import { age, setClock } from "./cards.js";
import { draw, tidy } from "./floor.js";
import { Kept } from "./kept.js";
import { begin, see } from "./taps.js";

const SILENCE = 25_000;  // the stream says something every ten seconds
const LOOK = 5_000;
const PATIENCE = 10_000;
const AGAIN = 60_000;  // what WhatsApp says of the account is not in the stream
const FEW = 3;
const BLINK = 2_500;  // a routine reconnect is not worth a red light

const board = document.getElementById("board");
const light = document.getElementById("live");
const urgency = document.getElementById("urgent");
const letters = document.getElementById("letters");
const printers = document.getElementById("printers");

const orders = new Kept((id, order, before) => draw(id, order, !before && begun));
const calls = new Kept((id, call, before) => drawCall(id, call, !before && begun, see));

let source = null;
let live = false;
let begun = false;  // what comes after the first reading is new, also what came while the network was away
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
  begun = true;
  tidy();
  warn(found.urgent);
  count(found.letters);
  missPrinters(found.printers);
  if (String(found.practises) !== board.dataset.practises) location.reload();  // the head of the page says it
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

// --- what else is wrong

function warn(urgent) {
  const more = urgent.length - FEW;
  const words = [...urgent.slice(0, FEW), ...(more > 0 ? [`and ${more} more`] : [])];
  urgency.querySelector("[data-what]").textContent = words.join(" · ");
  urgency.hidden = urgent.length === 0;
}

function count(dead) {
  letters.querySelector("[data-what]").textContent = dead === 1 ? "1 dead letter: nothing came of it" : `${dead} dead letters: nothing came of them`;
  letters.hidden = !dead;
}

function missPrinters(waiting) {
  const words = Object.entries(waiting).map(([station, count]) => `${station.toLowerCase()} (${count} waiting)`);
  printers.textContent = `A printer does not answer: ${words.join(", ")}. Look at its paper and its cable.`;
  printers.hidden = words.length === 0;
}

// --- off we go

begin(orders, take, leave);
setInterval(look, LOOK);
setInterval(() => read().catch(() => {}), AGAIN);  // whether the board is live is the stream's to say
setInterval(() => document.querySelectorAll("[data-since]").forEach(age), 15_000);
addEventListener("pageshow", (event) => { if (event.persisted) start(); });
addEventListener("online", start);
start();
