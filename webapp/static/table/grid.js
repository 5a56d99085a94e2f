// Tabulator calls its whole box a grid, the buttons beneath included, which a screen reader cannot make sense of. Here the
// box is a group, and the grid is its head and its rows.

import { made } from "./made.js";

export function callGrid(box, name) {
  const head = box.querySelector(".tabulator-header");
  head.id = "list-head";
  const owned = `list-head ${box.getAttribute("aria-owns")}`;
  box.removeAttribute("aria-owns");
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", name);
  box.append(made("div", { class: "visually-hidden", "role": "grid", "aria-owns": owned, "aria-label": name }));
}
