// What stands in a cell, as nodes: Tabulator would take a text for markup.
import { filled, made } from "./made.js";

export function formatter(column, opens) {
  return (cell) => {
    const value = cell.getValue();
    if (value === null || value === undefined || value === "") return made("span", { class: "soft" }, "–");
    const address = column.link || opens;
    if (column.kind === "status") return made("span", { class: `mark ${tone(column, value)}` }, column.words[value] ?? value);
    const words = made("bdi", {}, column.kind === "code" ? spaced(value) : String(value));
    return address ? made("a", { href: filled(address, cell.getData()) }, words) : words;
  };
}

function spaced(code) {
  const words = code.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const MARKS = { good: "mark-go", busy: "mark-second", warn: "mark-late", bad: "mark-stop" };

function tone(column, value) {
  return MARKS[column.tones[value]] ?? "";
}

// The row itself is marked by its first status, so that what needs somebody is seen from afar.
export function toneOf(columns, data) {
  const column = columns.find((one) => one.kind === "status" && one.tones[data[one.name]]);
  return column ? column.tones[data[column.name]] : "";
}

// In place: the value as it is typed, not as it is shown.
export function editor(column) {
  return (cell, rendered, success, cancel) => {
    const before = cell.getData().raw?.[column.name] ?? cell.getValue() ?? "";
    const input = made("input", { type: "text", class: "form-control form-control-sm", value: before, "aria-label": column.label, maxlength: 200 });
    rendered(() => { input.focus(); input.select(); });
    const done = () => (input.value === String(before) ? cancel() : success(input.value));
    input.addEventListener("blur", done);
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") done();
      if (event.key === "Escape") cancel();
    });
    return input;
  };
}
