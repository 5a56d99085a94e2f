// The rows somebody chose, kept while they turn pages; or everything that is filtered.
import { button, made } from "./made.js";

export class Chosen {
  constructor(bar, described, files, acts) {
    Object.assign(this, { bar, described, files, acts, ids: new Set(), all: false, count: 0 });
  }

  has(id) {
    return this.all || this.ids.has(id);
  }

  toggle(data) {
    if (this.all) this._none();
    else if (!this.ids.delete(data.id)) this.ids.add(data.id);
    this.changed();
  }

  page(rows, on) {
    this.all = false;
    for (const { id } of rows) on ? this.ids.add(id) : this.ids.delete(id);
    this.changed();
  }

  // Another filter: "everything" would be something else now.
  refiltered() {
    if (!this.all) return;
    this._none();
    this.changed();
  }

  changed() {
    this.onchange?.();
    this.bar.hidden = !this.all && !this.ids.size;
    if (this.bar.hidden) return;
    const number = this.all ? this.count : this.ids.size;
    const more = !this.all && this.count > this.ids.size;
    this.bar.replaceChildren(made("strong", {}, `${number.toLocaleString("en")} chosen`), ...[
      more ? button(`Choose all ${this.count.toLocaleString("en")} that are filtered`, () => { this.all = true; this.changed(); }) : null,
      ...this.described.acts.map((act) => button(act.label, () => this.acts.run(act, this.all ? null : [...this.ids], number), act.danger ? "danger" : "primary")),
      ...["csv", "xlsx", "pdf"].map((form) => button(form.toUpperCase(), () => this.files(form, this.all ? null : [...this.ids]), "secondary", { "aria-label": `Download as ${form.toUpperCase()}` })),
      button("Choose none", () => { this._none(); this.changed(); }),
    ].filter(Boolean));
  }

  _none() {
    this.all = false;
    this.ids.clear();
  }
}
