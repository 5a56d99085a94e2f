// What staff do to an order: one step on, and back for ten seconds; another table, once more on paper, out, called off.

const UNDO = 10_000;
const board = document.getElementById("board");
const token = document.querySelector('meta[name="csrf-token"]').content;
const notice = document.getElementById("notice");
const offer = document.getElementById("undo");
const dialogs = { seat: document.getElementById("seat"), off: document.getElementById("off") };

let known = null;  // id → { version, thing }
let take = null;  // what an answer says of an order
let leave = null;
let forget = 0;
let quiet = 0;

export function begin(orders, taken, left) {
  [known, take, leave] = [orders, taken, left];
}

export async function step(id, status, button) {
  const { version, thing } = known.get(id);
  const answer = await send(button, id, "", { status, version });
  if (answer) offerUndo(id, thing.number, answer.version);
}

export async function see(id, button) {
  await post(button, `${board.dataset.calls}/${id}/seen`, {});
}

export async function again(id, button) {
  const answer = await post(button, `${board.dataset.orders}/${id}/print`, {});
  if (answer) say(answer.say);
}

export async function soldOut(item, button) {
  const form = new URLSearchParams({ sold_out: "yes" });
  const address = `${board.dataset.products}/${item.product_id}/out`;
  if (await post(button, address, form)) say(`${item.name} is sold out now, in every chat.`);
}

function say(words) {
  notice.textContent = words;
  notice.hidden = false;
  clearTimeout(quiet);
  quiet = setTimeout(() => { notice.hidden = true; }, 6_000);
}

// --- one step back

function offerUndo(id, number, version) {
  clearTimeout(forget);
  offer.querySelector("[data-words]").textContent = `#${number} moved.`;
  const button = offer.querySelector("button");
  button.onclick = async () => {
    offer.hidden = true;
    await send(button, id, "/undo", { version });
  };
  offer.hidden = false;
  forget = setTimeout(() => { offer.hidden = true; }, UNDO);
}

// --- dialogs

export function askSeat(id) {
  open(dialogs.seat, id, (form) => ["/table", { table: Number(form.get("table")) }]);
}

export function askOff(id) {
  const key = crypto.randomUUID();
  open(dialogs.off, id, (form) => ["/call-off", {
    why: form.get("why").trim(), key, cash: form.get("back") === "cash", restock: form.has("restock"),
  }]);
}

function open(dialog, id, wish) {
  const modal = window.bootstrap.Modal.getOrCreateInstance(dialog);
  const form = dialog.querySelector("form");
  form.reset();
  dialog.querySelector("[data-number]").textContent = `#${known.get(id).thing.number}`;
  form.onsubmit = async (event) => {
    event.preventDefault();
    const [path, body] = wish(new FormData(form));
    const done = await send(form.querySelector("[type=submit]"), id, path, { ...body, version: known.get(id).version });
    if (done) modal.hide();
  };
  dialog.addEventListener("shown.bs.modal", () => form.querySelector("input, textarea").focus(), { once: true });
  modal.show();
}

// --- the way there

async function send(button, id, path, wish) {
  return post(button, `${board.dataset.orders}/${id}${path}`, wish);
}

async function post(button, address, wish) {
  const plain = wish instanceof URLSearchParams;
  button.disabled = true;
  try {
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Accept": "application/json", "X-CSRFToken": token, ...(plain ? {} : { "Content-Type": "application/json" }) },
      body: plain ? wish : JSON.stringify(wish),
    });
    if (answer.status === 401) return leave();
    const body = answer.headers.get("Content-Type").startsWith("application/json") ? await answer.json() : {};
    take(body);
    if (answer.ok) return body;
    say(body.error || "That did not work. Please try again.");
  } catch {
    say("That did not get through. Please try again.");
  } finally {
    button.disabled = false;
  }
  return null;
}
