// The panels above a list: which columns, saved views, and files. One is open at a time; Escape and its button close it.
import { button, made, remember, remembered } from "./made.js";

export function panels(root, fill) {
  const openers = [...root.querySelectorAll("[data-opens]")];
  const show = (opener) => {
    for (const one of openers) {
      const open = one === opener && one.getAttribute("aria-expanded") !== "true";
      const panel = root.querySelector(`[data-panel="${one.dataset.opens}"]`);
      one.setAttribute("aria-expanded", String(open));
      panel.hidden = !open;
      if (open) fill[one.dataset.opens](panel);
    }
  };
  for (const opener of openers) opener.addEventListener("click", () => show(opener));
  root.addEventListener("keydown", (event) => {
    const panel = event.target.closest("[data-panel]");
    if (event.key !== "Escape" || !panel) return;
    show(null);
    root.querySelector(`[data-opens="${panel.dataset.panel}"]`).focus();
  });
  return () => show(null);
}

export function columnsPanel(panel, table, kept) {
  const boxes = table.getColumns().filter((column) => !column.getField().startsWith("_")).map((column) => made("li", {}, made("label", { class: "list-word" },
    made("input", { type: "checkbox", class: "form-check-input", checked: column.isVisible(), onchange: () => { column.toggle(); kept(); } }),
    ` ${column.getDefinition().title} `),
    button("◂", () => { step(table, column, -1); kept(); columnsPanel(panel, table, kept); }, "secondary", { "aria-label": `${column.getDefinition().title} further to the left` }),
    button("▸", () => { step(table, column, 1); kept(); columnsPanel(panel, table, kept); }, "secondary", { "aria-label": `${column.getDefinition().title} further to the right` })));
  panel.replaceChildren(made("h2", { class: "card-title" }, "Columns"), made("p", { class: "soft" }, "Headings can be dragged, and pulled wider at their edge."), made("ul", { class: "list-columns" }, ...boxes));
}

function step(table, column, by) {
  const own = table.getColumns().filter((one) => !one.getField().startsWith("_"));
  const beside = own[own.indexOf(column) + by];
  if (beside) table.moveColumn(column.getField(), beside.getField(), by > 0);
}

export function viewsPanel(panel, name, query, go) {
  const key = `list.${name}.views`, views = remembered(key, []);
  const keep = (list) => { remember(key, list); viewsPanel(panel, name, query, go); };
  const field = made("input", { type: "text", class: "form-control", maxlength: 40, "aria-label": "Name of this view", placeholder: "Name of this view" });
  const save = () => { const label = field.value.trim(); if (label) keep([...views.filter((one) => one.label !== label), { label, query: query() }]); };
  const lines = views.map((view) => made("li", {}, button(view.label, () => go(view.query)),
    button("✕", () => keep(views.filter((one) => one !== view)), "secondary", { "aria-label": `Forget ${view.label}` })));
  panel.replaceChildren(made("h2", { class: "card-title" }, "Views"),
    views.length ? made("ul", { class: "list-views" }, ...lines) : made("p", { class: "soft" }, "None is saved on this device yet. Filter and sort the list as you need it often, then name it here."),
    made("div", { class: "list-line" }, field, button("Save what is shown", save, "primary")));
}

export function filesPanel(panel, download) {
  const forms = [["csv", "CSV"], ["xlsx", "Excel"], ["pdf", "PDF"]].map(([form, label]) => button(label, () => download(form, null)));
  panel.replaceChildren(made("h2", { class: "card-title" }, "Download"), made("p", { class: "soft" }, "Exactly what is filtered and sorted now, with the columns as they stand."), made("div", { class: "list-actions" }, ...forms));
}
