// What can be done to rows: to one from its menu, to the chosen ones, or to all that are filtered. Many are asked about first.
import { ask, toast } from "../say.js";
import { made } from "./made.js";

export class Acts {
  constructor(described, call, filter, after) {
    Object.assign(this, { described, call, filter, after });
  }

  // `ids` is null for everything that is filtered.
  async run(act, ids, count) {
    const rows = this._rows(count), field = act.chosen ? await this._options(act) : null;
    if (act.chosen && !field) return;
    if (count > 1 || act.danger || field) {
      if (!await ask(act.ask.replace("{rows}", rows), act.label, act.danger, field)) return;
    }
    const body = { ...(ids ? { ids } : { all: true }), value: field?.querySelector("select").value ?? "" };
    const { ok, found } = await this.call(`/acts/${act.name}${ids ? "" : `?${this.filter()}`}`, "POST", body);
    if (!ok) toast(found.error, "danger");
    else if (found.address) location.assign(found.address);
    else this._say(act, found);
    this.after();
  }

  _say(act, { done, left, why }) {
    if (done) toast(`${act.label}: ${this._rows(done)}.`);
    if (left.length) toast(`${this._rows(left.length)} left as ${left.length === 1 ? "it is" : "they are"}. ${why.join(" ")}`, "danger");
  }

  _rows(count) {
    return `${count.toLocaleString("en")} ${count === 1 ? one(this.described.many) : this.described.many}`;
  }

  async _options(act) {
    const { ok, found } = await this.call(`/choices/${act.name}`, "GET");
    if (!ok) { toast(found.error, "danger"); return null; }
    return made("label", { class: "d-block" }, act.label, made("select", { class: "form-select" }, ...found.options.map(([value, label]) => made("option", { value }, label))));
  }
}

export function one(many) {
  return many.replace(/ies$/, "y").replace(/s$/, "");
}
