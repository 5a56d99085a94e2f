// What can be done with a row: choose it, unfold it, open it, and its menu. keys.js does it by keyboard.
import { filled, made } from "./made.js";

export class Rows {
  constructor(described, chosen, acts) {
    this.described = described;
    this.chosen = chosen;
    this.acts = acts;
    this.links = [...(described.opens ? [["Open", described.opens]] : []), ...described.links];
    document.addEventListener("click", (event) => { if (!event.target.closest(".list-menu, .list-more")) this.closeMenu(); });
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") this.closeMenu(); });
  }

  // The columns at both ends of a row.
  before() {
    const all = made("input", { type: "checkbox", class: "form-check-input", "aria-label": "Choose all rows of this page", onclick: (event) => this.chosen.page(this.table.getRows().map((row) => row.getData()), event.target.checked) });
    const choose = { field: "_chosen", title: "", titleFormatter: () => all, formatter: (cell) => this._box(cell), headerSort: false, width: 52, hozAlign: "center", resizable: false, frozen: true, download: false };
    const unfold = { field: "_inside", title: "", formatter: (cell) => this._unfolds(cell), headerSort: false, width: 52, hozAlign: "center", resizable: false };
    return this.described.inside ? [choose, unfold] : [choose];
  }

  after() {
    const more = { field: "_more", title: "", formatter: (cell) => this._more(cell), headerSort: false, width: 56, hozAlign: "center", resizable: false, frozen: true };
    return this.links.length || this.described.acts.length ? [more] : [];
  }

  format(row) {
    const element = row.getElement(), data = row.getData();
    if (!element.hasAttribute("tabindex")) element.tabIndex = row.getPosition() === 1 ? 0 : -1;
    element.dataset.id = data.id;
    element.setAttribute("aria-selected", String(this.chosen.has(data.id)));
    element.classList.toggle("list-chosen", this.chosen.has(data.id));
  }

  // After something was chosen anywhere.
  mark() {
    for (const row of this.table.getRows()) {
      this.format(row);
      const box = row.getElement().querySelector("input[data-choose]");
      if (box) box.checked = this.chosen.has(row.getData().id);
    }
  }

  menu(row, beside) {
    this.closeMenu();
    if (!this.links.length && !this.described.acts.length) return;
    const data = row.getData(), place = beside.getBoundingClientRect();
    const items = [
      ...this.links.map(([label, address]) => made("a", { role: "menuitem", class: "dropdown-item", href: filled(address, data) }, label)),
      ...this.described.acts.map((act) => made("button", { role: "menuitem", type: "button", class: "dropdown-item", onclick: () => { this.closeMenu(); this.acts.run(act, [data.id], 1); } }, act.label)),
    ].map((item) => made("li", { role: "none" }, item));
    this.opened = made("ul", { class: "dropdown-menu show list-menu", role: "menu", "aria-label": "What to do with this row" }, ...items);
    document.body.append(this.opened);
    this.opened.style.top = `${Math.min(place.bottom + scrollY, scrollY + innerHeight - this.opened.offsetHeight - 8)}px`;
    this.opened.style.left = `${Math.max(8, Math.min(place.right + scrollX, innerWidth - 8) - this.opened.offsetWidth)}px`;
    this.opened.addEventListener("keydown", (event) => this._menuKey(event));
    this.from = beside;
    this.opened.querySelector("[role=menuitem]").focus();
  }

  closeMenu() {
    if (!this.opened) return;
    const inside = this.opened.contains(document.activeElement);
    this.opened.remove();
    this.opened = null;
    if (inside) this.from.focus();
  }

  _menuKey(event) {
    const items = [...this.opened.querySelectorAll("[role=menuitem]")], at = items.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Tab") this.closeMenu();
    if (!step) return;
    event.preventDefault();
    items[(at + step + items.length) % items.length].focus();
  }

  _box(cell) {
    const data = cell.getData();
    return made("input", { type: "checkbox", class: "form-check-input", "data-choose": true, "aria-label": "Choose this row", checked: this.chosen.has(data.id), onclick: () => this.chosen.toggle(data) });
  }

  _more(cell) {
    const more = made("button", { type: "button", class: "list-more", "aria-label": "What to do with this row", "aria-haspopup": "menu" }, "⋯");
    more.addEventListener("click", () => this.menu(cell.getRow(), more));
    return more;
  }

  _unfolds(cell) {
    return made("button", { type: "button", class: "list-more", "aria-expanded": "false", "aria-label": "Unfold this row", "data-unfolds": true, onclick: () => this.unfold(cell.getRow()) }, "▸");
  }

  async unfold(row, wanted) {
    const element = row.getElement(), there = element.querySelector(".list-inside");
    if (!this.described.inside || wanted === Boolean(there)) return;
    const toggle = element.querySelector("[data-unfolds]");
    toggle.setAttribute("aria-expanded", String(!there));
    toggle.textContent = there ? "▸" : "▾";
    if (there) there.remove();
    else element.append(await this._inside(row.getData()));
    row.normalizeHeight();
  }

  async _inside(data) {
    const box = made("div", { class: "list-inside", role: "gridcell" });
    const answer = await fetch(filled(this.described.inside, data), { headers: { Accept: "text/html" } }).catch(() => null);
    if (answer?.ok) box.innerHTML = await answer.text();  // a piece of a page of ours, escaped there
    else box.textContent = "This could not be read. Fold it and try again.";
    return box;
  }

  folded(element) {
    return Boolean(this.described.inside) && !element.querySelector(".list-inside");
  }

  open(row) {
    if (this.described.opens) location.assign(filled(this.described.opens, row.getData()));
  }

  row(element) {
    return this.table.getRows().find((row) => row.getElement() === element);
  }
}
