// Guests who asked for a person, above the board: read every few seconds, gone with one tap.

const LOOK = 5_000;
const PATIENCE = 10_000;

const section = document.getElementById("calls");
const list = section.querySelector("[data-calls]");
const urgency = document.getElementById("urgent");
const template = document.getElementById("call");
const token = document.querySelector('meta[name="csrf-token"]').content;

async function read() {
  const answer = await fetch(section.dataset.url, {
    headers: { Accept: "application/json" }, cache: "no-store", signal: AbortSignal.timeout(PATIENCE),
  });
  if (answer.ok) draw(await answer.json());
}

async function handBack(id, button) {
  button.disabled = true;
  const answer = await fetch(`${section.dataset.url}/${id}/done`, {
    method: "POST", headers: { Accept: "application/json", "X-CSRFToken": token },
    signal: AbortSignal.timeout(PATIENCE),
  }).catch(() => null);
  button.disabled = false;
  if (answer?.ok) draw(await answer.json());
}

function draw({ calls, urgent }) {
  section.hidden = calls.length === 0;
  list.replaceChildren(...calls.map(item));
  urgency.hidden = urgent.length === 0;
  urgency.querySelector("[data-what]").textContent = urgent.join(" · ");
}

function item({ id, guest, since }) {
  const row = template.content.cloneNode(true).firstElementChild;
  row.querySelector("[data-guest]").textContent = guest;
  const minutes = Math.max(0, Math.round((Date.now() - Date.parse(since)) / 60_000));
  row.querySelector("[data-since]").textContent = minutes ? `${minutes} min` : "now";
  const button = row.querySelector("[data-done]");
  button.addEventListener("click", () => handBack(id, button));
  return row;
}

read().catch(() => {});
setInterval(() => read().catch(() => {}), LOOK);
