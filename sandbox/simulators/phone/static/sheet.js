// The rows of a list, over the lower part of the phone.
import { element, make } from "./dom.js";

export class Sheet {
  constructor(onRow) {
    this.sheet = element("sheet");
    this.veil = element("veil");
    this.rows = element("sheet-rows");
    this.onRow = onRow;
    element("sheet-close").addEventListener("click", () => this.close());
    this.veil.addEventListener("click", () => this.close());
    this.sheet.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
  }

  open(message) {
    const action = message.body.interactive.action;
    this.opener = document.activeElement;
    element("sheet-title").textContent = action.button;
    this.rows.replaceChildren(...action.sections.flatMap((section) => this.section(section, message)));
    this.sheet.hidden = this.veil.hidden = false;
    this.rows.querySelector("button").focus();
  }

  close() {
    this.sheet.hidden = this.veil.hidden = true;
    if (this.opener?.isConnected) this.opener.focus();
  }

  section(section, message) {
    const title = section.title ? [make("h3", "", section.title)] : [];
    return [...title, ...section.rows.map((row) => this.row(row, message))];
  }

  row(row, message) {
    const button = make("button", "row", row.title);
    button.type = "button";
    if (row.description) button.append(make("span", "", row.description));
    button.addEventListener("click", () => {
      this.close();
      this.onRow(row, message);
    });
    return button;
  }
}
