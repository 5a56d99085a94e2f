// What is new flashes until somebody has touched it, and rings where this device was told to: browsers let a page sound
// only after a tap. What was touched is kept on the device: what came while the tablet slept or the page was shut is news.

const KEPT = "board-sound";
const SEEN = "board-seen";
const MOST = 500;
const EVERY = 5_000;
const NOTES = [[880, 0], [660, 0.18]];  // Hz, and when

const button = document.getElementById("sound");
const unseen = new Set();
const touched = new Set(JSON.parse(localStorage.getItem(SEEN) || "[]"));
const firstDay = localStorage.getItem(SEEN) === null;  // on a device that never had a board nothing is news
let speaker = null;
let keeping = false;

// An order that nobody has begun: `first` drawn by this page, `fresh` where it came while the page was open.
export function meet(id, first, fresh) {
  if (!first || touched.has(id)) return;
  if (firstDay && !fresh) return touch(id);
  unseen.add(id);
  if (fresh) ring();
}

export function seen(id) {
  if (unseen.delete(id)) touch(id);
}

export function begins(id) {
  unseen.delete(id);
  if (touched.delete(id)) keep();
}

function touch(id) {
  touched.add(id);
  keep();
}

function keep() {
  if (keeping) return;
  keeping = true;
  queueMicrotask(() => {
    keeping = false;
    try { localStorage.setItem(SEEN, JSON.stringify([...touched].slice(-MOST))); } catch { /* a private window keeps nothing */ }
  });
}

export function isUnseen(id) {
  return unseen.has(id);
}

function ring() {
  if (!unseen.size || button.getAttribute("aria-pressed") !== "true" || !speaker) return;
  for (const [pitch, after] of NOTES) tone(pitch, speaker.currentTime + after);
}

function tone(pitch, at) {
  const sound = speaker.createOscillator();
  const loudness = speaker.createGain();
  sound.frequency.value = pitch;
  loudness.gain.setValueAtTime(0.3, at);
  loudness.gain.exponentialRampToValueAtTime(0.001, at + 0.4);
  sound.connect(loudness).connect(speaker.destination);
  sound.start(at);
  sound.stop(at + 0.45);
}

function turn(on) {
  button.setAttribute("aria-pressed", String(on));
  button.querySelector("[data-words]").textContent = on ? "Sound on" : "Sound off";
  try { localStorage.setItem(KEPT, on ? "on" : ""); } catch { /* a private window keeps nothing */ }
}

function wake() {
  speaker = speaker || new AudioContext();
  speaker.resume();
}

button.addEventListener("click", () => {
  turn(button.getAttribute("aria-pressed") !== "true");
  wake();
  ring();
});
if (localStorage.getItem(KEPT)) {
  turn(true);
  addEventListener("pointerdown", wake, { once: true });
}
if (firstDay) keep();
setInterval(ring, EVERY);
