// Guests who asked for somebody: a strip on top of the board, the longest waiting first, gone when nobody waits.

import { age, place } from "./cards.js";

const strip = document.getElementById("calls");
const list = strip.querySelector("[data-cards]");
const template = document.getElementById("call");
const rows = new Map();  // call id → its element

export function drawCall(id, call, fresh, see) {
  if (call) {
    if (!rows.has(id)) rows.set(id, blank(id, see));
    fill(rows.get(id), call);
    rows.get(id).classList.toggle("fresh", fresh);
    place(rows.get(id), list);
  } else if (rows.delete(id)) {
    list.querySelector(`[data-call="${CSS.escape(id)}"]`).remove();
  }
  strip.hidden = rows.size === 0;
}

function blank(id, see) {
  const row = template.content.firstElementChild.cloneNode(true);
  const button = row.querySelector("[data-see]");
  row.dataset.call = id;
  button.addEventListener("click", () => see(id, button));
  return row;
}

function fill(row, call) {
  const part = (name) => row.querySelector(`[data-${name}]`);
  row.dataset.since = call.called_at;
  row.dataset.rank = Date.parse(call.called_at);
  part("table").textContent = call.table ? `Table ${call.table}` : "";
  part("table").hidden = !call.table;
  part("guest").textContent = call.guest || "A guest";
  part("reason").textContent = call.reason;
  part("see").setAttribute("aria-label", `Seen: ${call.guest || "a guest"}`);
  part("write").href = `${document.getElementById("board").dataset.chats}/of/${call.conversation}`;
  part("write").setAttribute("aria-label", `Write to ${call.guest || "a guest"}`);
  age(row);
}
