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
  const keys = made("p", { id: "list-keys", class: "visually-hidden" }, "Arrow keys go through rows and cells. Enter opens a row or changes a cell, Space chooses a row, M opens its menu.");
  const grid = made("div", { class: "visually-hidden", role: "grid", "aria-owns": owned, "aria-label": name, "aria-describedby": "list-keys", "aria-multiselectable": "true" });
  box.append(grid, keys);
  for (const title of head.querySelectorAll(".tabulator-sortable .tabulator-col-title")) sortByKey(title);
}

// A heading is sorted by as a tap would, with Shift beside the others.
function sortByKey(title) {
  title.tabIndex = 0;
  title.setAttribute("role", "button");
  title.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    title.dispatchEvent(new MouseEvent("click", { bubbles: true, shiftKey: event.shiftKey }));
  });
}
