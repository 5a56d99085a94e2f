// M-Pesa on the phone: the PIN dialog over everything while a prompt is open, and the short message afterwards.
import { element } from "./dom.js";

const NOTICE_STAYS = 7000;

export class Mpesa {
  constructor(post) {
    this.post = post;
    this.dialog = element("pin");
    this.code = element("pin-code");
    this.way = element("pin-way");
    this.prompt = null;
    this.ignored = "";
    this.told = "";
    this.dialog.addEventListener("submit", (event) => this.enter(event));
    element("pin-cancel").addEventListener("click", () => this.decide({ do: "cancelled" }));
    element("pin-ignore").addEventListener("click", () => this.ignore());
  }

  show(prompt, live) {
    this.prompt = prompt;
    const open = prompt?.screen === "open" && prompt.id !== this.ignored;
    if (open && this.dialog.hidden) this.open(prompt);
    if (!open) this.dialog.hidden = true;
    if (prompt) this.tell(prompt, live);
  }

  open(prompt) {
    this.dialog.reset();
    element("pin-text").textContent = `Do you want to pay KES ${amount(prompt)} to DESTINATION COCKTAILS, till ${prompt.till}?`;
    this.dialog.hidden = false;
    this.code.focus();
  }

  enter(event) {
    event.preventDefault();
    this.decide({ pin: this.code.value, way: this.way.value });
  }

  decide(wish) {
    this.dialog.hidden = true;
    this.post(`api/prompts/${this.prompt.id}`, wish).catch(() => this.notify("M-PESA does not answer."));
  }

  ignore() {
    this.ignored = this.prompt.id;
    this.dialog.hidden = true;
  }

  tell(prompt, live) {
    const state = `${prompt.id}:${prompt.status}`;
    if (prompt.status === "Pending" || state === this.told) return;
    this.told = state;
    if (!live) return;
    this.notify(prompt.status === "Success"
      ? `${prompt.receipt} Confirmed. KES ${amount(prompt)} paid to DESTINATION COCKTAILS.`
      : `M-PESA: ${prompt.errors}`);
  }

  notify(text) {
    const notice = element("notice");
    notice.textContent = text;
    notice.hidden = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { notice.hidden = true; }, NOTICE_STAYS);
  }
}

const amount = (prompt) => Number(prompt.amount).toLocaleString("en-KE");
