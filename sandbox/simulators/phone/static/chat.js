// The conversation: one bubble for each message, mended in place when its ticks change.
import { element, make, marked } from "./dom.js";

const TICKS = { "": ["·", "waiting"], sent: ["✓", "sent"], delivered: ["✓✓", "delivered"], read: ["✓✓", "read"] };
const UNSHOWN = { image: "[photo]", audio: "[voice note]", video: "[video]", document: "[document]", sticker: "[sticker]" };

function photo(link) {
  const shown = make("img", "photo");
  shown.src = link;
  shown.alt = UNSHOWN.image;
  return shown;
}

export class Chat {
  constructor({ onButton, onList, onContact }) {
    this.log = element("chat");
    this.hint = element("hint");
    this.onButton = onButton;
    this.onList = onList;
    this.onContact = onContact;
    this.bubbles = new Map();
    this.words = new Map();
  }

  clear() {
    this.bubbles.forEach((bubble) => bubble.remove());
    this.bubbles.clear();
    this.words.clear();
    this.hint.hidden = false;
  }

  show(message) {
    const kind = message.body.type || "text";
    if (kind === "reaction") return this.react(message);
    const known = this.bubbles.get(message.id);
    const bubble = this.bubble(message, kind);
    this.hint.hidden = true;
    this.bubbles.set(message.id, bubble);
    if (known) {
      known.querySelectorAll(".reaction").forEach((reaction) => bubble.append(reaction));
      return known.replaceWith(bubble);
    }
    this.log.append(bubble);
    this.log.scrollTop = this.log.scrollHeight;
  }

  react(message) {
    const { message_id: target, emoji } = message.body.reaction;
    const bubble = this.bubbles.get(target);
    if (!bubble) return;
    bubble.querySelectorAll(".reaction").forEach((old) => old.remove());
    if (emoji) bubble.append(make("span", "reaction", emoji));
  }

  bubble(message, kind) {
    const bubble = make("article", message.incoming ? "bubble mine" : "bubble theirs");
    const inside = message.body[kind] || {};
    this.quote(bubble, message);
    if (inside.header?.text) bubble.append(make("p", "heading", inside.header.text));
    if (inside.header?.image?.link) bubble.append(photo(inside.header.image.link));
    const words = wordsOf(kind, inside);
    this.words.set(message.id, words);
    bubble.append(make("p", "words", ...marked(words)));
    if (inside.footer) bubble.append(make("p", "footer", ...marked(inside.footer.text)));
    bubble.append(meta(message));
    if (!message.incoming && kind === "interactive") this.taps(bubble, message, inside);
    return bubble;
  }

  quote(bubble, message) {
    const quoted = message.body.context?.message_id || message.body.context?.id;
    if (this.words.has(quoted)) bubble.append(make("p", "quoted", ...marked(this.words.get(quoted))));
  }

  taps(bubble, message, inside) {
    const taps = make("div", "taps");
    const add = (label, act) => {
      const button = make("button", "", label);
      button.type = "button";
      button.addEventListener("click", act);
      taps.append(button);
    };
    (inside.action.buttons || []).forEach(({ reply }) => add(reply.title, () => this.onButton(reply, message)));
    if (inside.type === "list") add(`☰ ${inside.action.button}`, () => this.onList(message));
    if (inside.type === "request_contact_info") add("Share contact info", () => this.onContact(message));
    if (inside.type === "cta_url") taps.append(link(inside.action.parameters));
    if (taps.childElementCount) bubble.append(taps);
  }
}

function wordsOf(kind, inside) {
  if (kind === "text") return inside.body;
  if (kind === "template") return `[template ${inside.name}]`;
  if (kind === "location") return `[location] ${inside.name || `${inside.latitude}, ${inside.longitude}`}`;
  if (inside.button_reply || inside.list_reply) return (inside.button_reply || inside.list_reply).title;
  return inside.body?.text || inside.caption || UNSHOWN[kind] || `[${kind}]`;
}

function meta(message) {
  const time = new Date(message.at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const line = make("p", "meta", time);
  if (message.incoming) {
    const [sign, meaning] = TICKS[message.ticks] || TICKS[""];
    const ticks = make("span", `ticks ${message.ticks}`, sign);
    ticks.setAttribute("role", "img");
    ticks.setAttribute("aria-label", meaning);
    line.append(ticks);
  }
  return line;
}

function link({ display_text: label, url }) {
  const anchor = make("a", "", `↗ ${label}`);
  anchor.href = url;
  anchor.target = "_blank";
  anchor.rel = "noopener";
  return anchor;
}
