// The guest's phone: who is holding it, what is sent, and the endless question "what is new?".
import { Chat } from "./chat.js";
import { element } from "./dom.js";
import { Mpesa } from "./mpesa.js";
import { Sheet } from "./sheet.js";

const NAMES = ["Achieng", "Wanjiru", "Otieno", "Kamau", "Nafula"];
const PLACE = { latitude: -1.2921, longitude: 36.8219, name: "Nairobi" };
const PAUSE_AFTER_ERROR = 1500;

const guest = whoAmI();
const presence = element("presence");
const mpesa = new Mpesa(post);
const sheet = new Sheet((row, message) => tap("list_reply", row, message));
const chat = new Chat({
  onButton: (reply, message) => tap("button_reply", reply, message),
  onList: (message) => sheet.open(message),
  onContact: (message) => shareNumber(message),
});

function whoAmI() {
  const asked = new URLSearchParams(location.search);
  const kept = JSON.parse(localStorage.getItem("guest") || "null") || {};
  const phone = digits(asked.get("guest") || kept.phone || "") || `2547${Math.random().toFixed(8).slice(2)}`;
  const same = phone === kept.phone;
  const name = asked.get("name") || (same && kept.name) || NAMES[Number(phone.slice(-3)) % NAMES.length];
  const found = { phone, name, hide: asked.has("hide") ? asked.get("hide") === "1" : Boolean(same && kept.hide) };
  localStorage.setItem("guest", JSON.stringify(found));
  return found;
}

function digits(text) {
  const plain = text.replace(/[^0-9]/g, "");
  return plain.startsWith("0") ? `254${plain.slice(1)}` : plain;
}

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  return answer.json();
}

async function send(message) {
  try {
    await post("api/messages", { guest: guest.phone, name: guest.name, hide_phone: guest.hide, message });
  } catch {
    mpesa.notify("Not sent: the bar's server does not answer.");
  }
}

function tap(kind, reply, message) {
  return send({
    type: "interactive", context: { from: "254700000100", id: message.id },
    interactive: { type: kind, [kind]: reply },
  });
}

function shareNumber(message) {
  const phones = [{ phone: `+${guest.phone}`, wa_id: guest.phone, type: "CELL" }];
  const card = { name: { formatted_name: guest.name, first_name: guest.name }, phones, origin: "contact_request" };
  return send({ type: "contacts", context: { from: "254700000100", id: message.id }, contacts: [card] });
}

function say(text) {
  if (text.trim()) send({ type: "text", text: { body: text.trim() } });
}

function sendOther(kind) {
  const media = { id: String(Date.now()), mime_type: kind === "image" ? "image/jpeg" : "audio/ogg; codecs=opus" };
  send({ type: kind, [kind]: kind === "location" ? PLACE : media });
}

async function listen() {
  const seen = { run: "", after: 0, prompt: "" };
  for (;;) {
    try {
      const query = new URLSearchParams({ guest: guest.phone, timeout: 15, screen: 1, ...seen });
      const answer = await fetch(`api/updates?${query}`);
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.json(), seen);
    } catch {
      presence.textContent = "connecting…";
      await new Promise((done) => setTimeout(done, PAUSE_AFTER_ERROR));
    }
  }
}

function show(news, seen) {
  if (seen.run && seen.run !== news.run) {
    chat.clear();
    Object.assign(seen, { run: news.run, after: 0, prompt: "" });
    return;
  }
  news.messages.forEach((message) => chat.show(message));
  mpesa.show(news.prompt, Boolean(seen.run));
  presence.textContent = news.typing ? "typing…" : "online";
  Object.assign(seen, { run: news.run, after: news.latest, prompt: news.prompt_state });
}

function wireComposer() {
  const text = element("text");
  const attachments = element("attachments");
  const openAttachments = (open) => {
    attachments.hidden = !open;
    element("attach").setAttribute("aria-expanded", String(open));
  };
  element("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    say(text.value);
    text.value = "";
  });
  element("attach").addEventListener("click", () => openAttachments(attachments.hidden));
  attachments.addEventListener("click", (event) => {
    if (event.target.dataset.send) sendOther(event.target.dataset.send);
    openAttachments(false);
  });
  element("hint").addEventListener("click", (event) => {
    if (event.target.dataset.say) say(event.target.dataset.say);
  });
}

function wireIdentity() {
  element("guest-name").textContent = guest.name;
  element("guest-number").textContent = guest.hide ? "(number hidden)" : `+${guest.phone}`;
  const form = element("guest-form");
  form.elements.name.value = guest.name;
  form.elements.phone.value = guest.phone;
  form.elements.hide.checked = guest.hide;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const hide = form.elements.hide.checked ? "1" : "0";
    const query = new URLSearchParams({ guest: digits(form.elements.phone.value), name: form.elements.name.value, hide });
    location.search = query.toString();
  });
}

wireIdentity();
wireComposer();
listen();
