// What orders and calls have in common on the page: their place in a list, and how long ago.

let skew = 0;  // this device's clock against the server's

export function setClock(date) {
  skew = date ? Date.now() - Date.parse(date) : 0;
}

export function place(card, list) {
  const after = (other) => other !== card && Number(other.dataset.rank) > Number(card.dataset.rank);
  const next = [...list.children].find(after) || null;
  if (card.parentElement !== list || card.nextElementSibling !== next) list.insertBefore(card, next);
}

export function age(card) {
  const minutes = Math.max(0, Math.floor((Date.now() - skew - Date.parse(card.dataset.since)) / 60_000));
  const shown = card.querySelector("[data-age]");
  shown.textContent = minutes < 1 ? "now" : minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  const red = minutes >= Number(shown.dataset.red);
  card.classList.toggle("too-late", red);
  card.classList.toggle("late", !red && minutes >= Number(shown.dataset.amber));
}
