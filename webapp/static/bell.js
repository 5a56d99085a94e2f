// What is new flashes until somebody has touched it, and rings where this device was told to: browsers let a page sound
// only after a tap.

const KEPT = "board-sound";
const EVERY = 5_000;
const NOTES = [[880, 0], [660, 0.18]];  // Hz, and when

const button = document.getElementById("sound");
const unseen = new Set();
let speaker = null;

export function arrived(id) {
  unseen.add(id);
  ring();
}

export function seen(id) {
  unseen.delete(id);
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
setInterval(ring, EVERY);
