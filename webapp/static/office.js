// What every staff page can do, loaded once by the layout: the theme, words in a corner, questions, htmx, passwords.
// A form asks first with <form data-confirm="Delete this product?" data-confirm-yes="Delete">, htmx with hx-confirm.
// Other scripts say and ask through say.js.

import { ask, toast } from "./say.js";

const token = document.querySelector('meta[name="csrf-token"]')?.content;

// --- the theme

function markTheme() {
  for (const choice of document.querySelectorAll("[data-theme-choice]")) {
    const mine = choice.dataset.themeChoice === document.documentElement.dataset.theme;
    choice.classList.toggle("active", mine);
    choice.setAttribute("aria-pressed", String(mine));
  }
}

for (const choice of document.querySelectorAll("[data-theme-choice]")) {
  choice.addEventListener("click", () => {
    try { localStorage.setItem("theme", choice.dataset.themeChoice); } catch { /* a private window keeps nothing */ }
    dispatchEvent(new Event("theme"));
    markTheme();
  });
}
markTheme();

// --- the menu on wide screens: with names, or icons alone; the page one is on is in sight

const side = document.getElementById("sidebar");
const here = side?.querySelector("[aria-current]");
if (here) side.scrollTop = here.offsetTop - side.clientHeight / 2;
const fold = document.querySelector("[data-fold]");

function showFold() {
  const folded = document.documentElement.dataset.side === "folded";
  fold.setAttribute("aria-expanded", String(!folded));
  for (const link of document.querySelectorAll(".side-link")) link.title = folded ? link.textContent.trim() : "";
}

if (fold) {
  fold.hidden = false;
  fold.addEventListener("click", () => {
    const side = document.documentElement.dataset.side === "folded" ? "wide" : "folded";
    document.documentElement.dataset.side = side;
    try { localStorage.setItem("side", side); } catch { /* as above */ }
    showFold();
  });
  showFold();
}

// --- words in a corner

for (const said of document.querySelectorAll("#toasts .toast")) new window.bootstrap.Toast(said, { delay: 8_000 }).show();

// --- a question before a form is sent

const agreed = new WeakSet();

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const question = event.submitter?.dataset.confirm || form.dataset.confirm;
  if (!question || agreed.delete(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const yes = event.submitter?.dataset.confirmYes || form.dataset.confirmYes;
  if (await ask(question, yes)) {
    agreed.add(form);
    form.requestSubmit(event.submitter);
  }
}, true);

// --- htmx, on the pages that load it

document.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-CSRFToken"] = token; });
document.addEventListener("htmx:confirm", async (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  if (await ask(event.detail.question, event.detail.elt.dataset.confirmYes)) event.detail.issueRequest(true);
});
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status === 401) location.reload();
  else toast("That did not work. Please try again.", "danger");
});
document.addEventListener("htmx:sendError", () => toast("That did not get through. Please try again.", "danger"));

// --- passwords

for (const button of document.querySelectorAll("[data-shows]")) {
  const field = document.getElementById(button.dataset.shows);
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
  });
}

// --- what is wider than the screen can be moved by keyboard, too

for (const box of document.querySelectorAll(".scroll")) if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
