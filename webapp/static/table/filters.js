// Filters: one beneath each heading, all of them with their groups in a panel, and chips of what is active.
import { button, chooser, later, made } from "./made.js";

const WORDS = { contains: "contains", is: "is", from: "from", to: "to", in: "is", not: "is not" };
const DAY = "date", FIGURE = "text";

export function said(column, { operator, value }) {
  const words = operator === "in" || operator === "not" ? value.split(",").map((one) => column.words[one] ?? one).join(" or ") : value;
  return `${column.label} ${WORDS[operator] ?? operator} ${words}`;
}

// --- beneath a heading

export function headerFilter(column, state, changed) {
  const slowly = later(changed);
  const tell = (operator, value, at) => { state.set(column.name, operator, value.trim()); at(); };
  const field = (operator, label, type, at) => made("input", {
    type, class: "form-control form-control-sm", "aria-label": `${column.label} ${label}`, placeholder: label,
    value: state.value(column.name, operator), "data-operator": operator, maxlength: 100, autocomplete: "off",
    inputmode: column.kind === "number" || column.kind === "money" ? "decimal" : undefined,
    oninput: (event) => tell(operator, event.target.value, at),
  });
  if (column.kind === "status") return one(column, state, changed);
  if (["text", "relation", "code", "tags"].includes(column.kind)) return made("div", { class: "list-filter" }, field("contains", "contains", "search", slowly));
  if (column.kind === "phone") {
    return made("div", { class: "list-filter" }, made("input", {
      type: "search", class: "form-control form-control-sm", "aria-label": `${column.label}, the whole number`, placeholder: "whole number",
      value: state.value(column.name, "is"), "data-operator": "is", autocomplete: "off", onchange: (event) => tell("is", event.target.value, changed),
    }));
  }
  const type = column.kind === "moment" ? DAY : FIGURE;
  return made("div", { class: `list-filter list-${column.kind}` }, field("from", "from", type, slowly), field("to", "to", type, slowly));
}

function one(column, state, changed) {
  const options = [["", "All"], ...Object.entries(column.words)];
  const act = (event) => { state.set(column.name, "in", event.target.value); changed(); };
  return made("div", { class: "list-filter" },
    chooser(options, state.value(column.name, "in"), { class: "form-select form-select-sm", "aria-label": `${column.label} is`, "data-operator": "in", onchange: act }));
}

// The fields beneath the headings say what is asked now, wherever it was asked.
export function refill(grid, state) {
  for (const field of grid.querySelectorAll(".tabulator-header-filter [data-operator]")) {
    const name = field.closest("[tabulator-field]").getAttribute("tabulator-field");
    const value = state.value(name, field.dataset.operator);
    if (field !== document.activeElement && field.value !== value) field.value = value;
  }
}

// --- chips

export function chips(list, columns, state, changed) {
  const chip = (words, away) => made("li", {}, button(`${words} ✕`, () => { away(); changed(); }, "secondary", { class: "btn btn-secondary list-chip", "aria-label": `Take away: ${words}` }));
  const named = (one) => said(columns.get(one.column) ?? { label: one.column, words: {} }, one);
  list.replaceChildren();
  if (state.q) list.append(chip(`“${state.q}”`, () => { state.q = ""; }));
  for (const one of state.where) list.append(chip(named(one), () => { state.where = state.where.filter((other) => other !== one); }));
  state.groups.forEach((group, index) => list.append(
    chip(`${index ? "or " : "one of: "}${group.map(named).join(" and ")}`, () => { state.groups = state.groups.filter((other) => other !== group); })));
  if (list.children.length > 1) list.append(chip("Everything", () => state.clear()));
  list.hidden = !state.filtered;
}

// --- the panel

export function panel(place, columns, state, changed) {
  const asked = [...columns.values()].filter((column) => column.operators.length);
  const always = made("div", { class: "list-terms" });
  const groups = made("div", { class: "list-choices" });
  const apply = () => {
    state.where = read(always);
    state.groups = [...groups.children].map(read).filter((group) => group.length);
    changed();
  };
  place.replaceChildren(
    made("h2", { class: "card-title" }, "Filters"),
    made("p", { class: "soft" }, "All of these hold:"), always, button("Add a filter", () => always.append(line(asked, columns))),
    made("p", { class: "soft" }, "And, where there are groups, at least one of them:"), groups,
    button("Add a group", () => groups.append(group(asked, columns, [undefined]))),
    made("div", { class: "list-actions" }, button("Show", apply, "primary"), button("Clear all", () => { state.clear(); changed(); })),
  );
  always.append(...state.where.map((one) => line(asked, columns, one)));
  if (!state.where.length) always.append(line(asked, columns));
  groups.append(...state.groups.map((conditions) => group(asked, columns, conditions)));
}

function group(asked, columns, conditions) {
  const box = made("fieldset", { class: "list-terms" }, made("legend", { class: "visually-hidden" }, "Group"));
  box.append(...conditions.map((one) => line(asked, columns, one)), button("And …", (event) => event.target.before(line(asked, columns))));
  return box;
}

function line(asked, columns, condition) {
  const column = chooser(asked.map((one) => [one.name, one.label]), condition?.column, { "aria-label": "Column" });
  const rest = made("span", { class: "list-rest" });
  const fill = (given) => rest.replaceChildren(...answer(columns.get(column.value), given));
  column.addEventListener("change", () => fill());
  fill(condition);
  const box = made("div", { class: "list-line" }, column, rest);
  box.append(button("✕", () => box.remove(), "secondary", { "aria-label": "Take this filter away" }));
  return box;
}

function answer(column, given) {
  const operator = chooser(column.operators.map((one) => [one, WORDS[one]]), given?.operator, { "aria-label": "How", "data-how": true });
  if (column.kind === "status") {
    const chosen = new Set((given?.value ?? "").split(","));
    const words = Object.entries(column.words).map(([value, label]) => made("label", { class: "list-word" },
      made("input", { type: "checkbox", class: "form-check-input", value, checked: chosen.has(value), "data-word": true }), ` ${label}`));
    return [operator, made("span", { class: "list-words" }, ...words)];
  }
  const type = column.kind === "moment" ? DAY : FIGURE;
  return [operator, made("input", { type, class: "form-control", "aria-label": "Value", value: given?.value ?? "", maxlength: 100, "data-value": true })];
}

function read(box) {
  return [...box.querySelectorAll(".list-line")].map((one) => {
    const words = [...one.querySelectorAll("[data-word]:checked")].map((word) => word.value).join(",");
    const value = one.querySelector("[data-value]")?.value.trim() ?? words;
    return { column: one.querySelector("select").value, operator: one.querySelector("[data-how]").value, value };
  }).filter((one) => one.value !== "");
}
