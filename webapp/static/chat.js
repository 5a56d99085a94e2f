// One conversation: what the guest writes appears by itself, and what is sent from here is sent once.

const EVERY = 2_500;
const PATIENCE = 10_000;

const chat = document.getElementById("chat");
const thread = document.getElementById("thread");
const standing = document.getElementById("standing");
const problem = document.getElementById("problem");
const form = document.getElementById("write");
const back = document.getElementById("back");
const token = document.querySelector('meta[name="csrf-token"]').content;

let shown = 0;  // answers may overtake each other: an older one is not shown over a newer one
let asked = 0;

function show(number, now) {
  if (number < shown) return;
  shown = number;
  const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 80;
  if (swap(thread, now.thread) && atEnd) toEnd();
  swap(standing, now.standing);
  form.hidden = !now.writable && !form.text.value;
  back.hidden = !now.talking;
}

// The server has escaped what people wrote. Unchanged text is left alone: a screen reader would read it out again.
function swap(element, html) {
  const wanted = document.createElement("template");
  wanted.innerHTML = html;
  if (element.textContent === wanted.content.textContent) return false;
  element.replaceChildren(wanted.content);
  return true;
}

function toEnd() {
  scrollTo(0, document.documentElement.scrollHeight);
}

async function look() {
  if (document.hidden) return;
  const number = ++asked;
  try {
    const answer = await fetch(chat.dataset.now, {
      headers: { Accept: "application/json" }, cache: "no-store", signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.status === 401) leave();
    if (answer.ok) show(number, await answer.json());
  } catch {
    // The next look is soon.
  }
}

async function send(event) {
  event.preventDefault();
  const button = form.querySelector("button");
  if (button.disabled) return;
  button.disabled = true;
  const number = ++asked;
  try {
    const answer = await fetch(form.action, {
      method: "POST", headers: { Accept: "application/json", "X-CSRFToken": token },
      body: new URLSearchParams(new FormData(form)), signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.status === 401) leave();
    const body = await answer.json();
    if (answer.ok) sent(number, body); else say(body.error);
  } catch {
    say("That did not get through. Please press Send again: it will be sent once.");
  } finally {
    button.disabled = false;
  }
}

function sent(number, body) {
  form.text.value = "";
  form.key.value = body.key;
  say("");
  show(number, body);
  toEnd();
}

function say(words) {
  problem.textContent = words;
  problem.hidden = !words;
}

function leave() {
  location.assign(chat.dataset.login);
}

form.addEventListener("submit", send);
setInterval(look, EVERY);
document.addEventListener("visibilitychange", look);
toEnd();
