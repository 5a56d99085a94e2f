// What stands in a cell, as nodes: Tabulator would take a text for markup.
import { filled, made } from "./made.js";

const MARKS = { good: "mark-go", busy: "mark-second", warn: "mark-late", bad: "mark-stop" };
const DRAWN = { status, tags, image, progress };

export function formatter(column, opens) {
  return (cell) => {
    const value = cell.getValue();
    if (value === null || value === undefined || value === "" || value.length === 0) return made("span", { class: "soft" }, "–");
    if (column.kind in DRAWN) return DRAWN[column.kind](column, value, cell.getData());
    const address = column.link || opens;
    const words = made("bdi", {}, column.kind === "code" ? spaced(value) : String(value));
    return address ? made("a", { href: filled(address, cell.getData()) }, words) : words;
  };
}

function spaced(code) {
  const words = code.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function status(column, value) {
  return made("span", { class: `mark ${MARKS[column.tones[value]] ?? ""}` }, column.words[value] ?? value);
}

function tags(_, words) {
  return made("span", { class: "list-tags" }, ...words.map((word) => made("span", { class: "mark" }, made("bdi", {}, word))));
}

function image(column, _, data) {
  return made("img", { class: "thumb", src: filled(column.link, data), alt: "", loading: "lazy", width: 40, height: 40 });
}

// Without a number that would be full there is no bar, only how much there is.
function progress(column, { value, full }) {
  const words = made("span", {}, value.toLocaleString("en"));
  if (!full) return words;
  return made("span", { class: "list-progress" }, made("progress", { max: full, value: Math.max(0, Math.min(value, full)), "aria-label": column.label }), words);
}

// A cell as a sentence says it.
export function plain(column, value) {
  if (value === null || value === undefined || value === "") return "empty";
  return String(column.words[value] ?? value.value ?? value);
}

// Rows are marked by their first status, single cells by what the server says of their numbers: seen from afar.
export function tint(columns, row) {
  const data = row.getData(), column = columns.find((one) => one.kind === "status" && one.tones[data[one.name]]);
  row.getElement().dataset.tone = column ? column.tones[data[column.name]] : "";
  for (const cell of row.getCells()) cell.getElement().dataset.looks = data.looks?.[cell.getField()] ?? "";
}
