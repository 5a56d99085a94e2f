// One list page: Tabulator, configured once for all. `data-list` on #list is what the server declares (webapp/admin/lists.py).
import { callGrid } from "./table/grid.js";
import { Chosen } from "./table/chosen.js";
import { editor, formatter, toneOf } from "./table/cells.js";
import { chips, headerFilter, panel as filtersPanel, refill } from "./table/filters.js";
import { later, made, remember, remembered } from "./table/made.js";
import { columnsPanel, filesPanel, panels, viewsPanel } from "./table/panels.js";
import { Rows } from "./table/rows.js";
import { State } from "./table/state.js";

const REFRESH_MS = 20_000;
const root = document.getElementById("list"), part = (name) => root.querySelector(`[data-${name}]`);
const described = JSON.parse(root.dataset.list), key = `list.${described.name}`;
const token = document.querySelector('meta[name="csrf-token"]').content;
const columns = new Map(described.columns.map((column) => [column.name, column]));
const kept = remembered(key, { size: 25, endless: false, columns: [] });
const state = new State(location.search, kept.size);
const chosen = new Chosen(part("bulk"), described, download);
const rows = new Rows(described, chosen);
let table, before = { data: [], last_page: 1, last_row: 0 };

chosen.onchange = () => rows.mark();
root.querySelector(".list-tools").hidden = false;

// --- reading

async function read(_, __, params) {
  state.page = params.page ?? 1;
  state.size = Number(params.size) || state.size;
  if (table) state.sorts = (params.sort ?? []).map(({ field, dir }) => (dir === "desc" ? "-" : "") + field);
  const answer = await fetch(`${described.address}/rows?${state.params()}`, { headers: { Accept: "application/json" } }).catch(() => null);
  try {
    before = await sentence(answer);
  } catch (error) {
    say(error.message);
    return kept.endless ? { ...before, data: [] } : before;  // what was there stays there
  }
  say("");
  tell(before);
  show();
  return before;
}

function tell(found) {
  const many = found.last_row.toLocaleString("en");
  chosen.count = found.last_row;
  part("count").textContent = `${found.about ? "About " : ""}${many} ${found.last_row === 1 ? one(described.many) : described.many}${state.filtered ? (found.last_row === 1 ? " fits" : " fit") : ""}`;
}

function one(many) {
  return many.replace(/ies$/, "y").replace(/s$/, "");
}

async function sentence(answer) {
  if (!answer) throw new Error("There is no connection. The list is read again when it is back.");
  if (answer.status === 401) throw new Error("You are signed out. Sign in again, and this list is as you left it.");
  const found = await answer.json().catch(() => ({ error: "Something went wrong on our side. Please try again." }));
  if (!answer.ok) throw Object.assign(new Error(found.error), { found, status: answer.status });
  return found;
}

function say(words) {
  const place = part("problem");
  const signIn = words.startsWith("You are signed out");
  const login = made("a", { href: `${root.dataset.login}?next=${encodeURIComponent(location.pathname + location.search)}` }, "Sign in");
  place.replaceChildren(words, ...(words ? [" ", signIn ? login : made("button", { type: "button", class: "btn btn-secondary", onclick: () => reload() }, "Try again")] : []));
  place.hidden = !words;
}

// What the page says around the table, and its address.
function show() {
  const query = state.params().toString();
  history.replaceState(null, "", query ? `?${query}` : location.pathname);
  chips(part("chips"), columns, state, refilter);
  refill(part("grid"), state);
  const search = part("search");
  if (search !== document.activeElement) search.value = state.q;
}

function reload(page = 1) {
  return (kept.endless ? table.setData() : table.setPage(page)).catch(() => {});
}

function refilter() {
  chosen.refiltered();
  show();
  reload();
}

// --- the table

function headings() {
  const places = new Map(kept.columns.map((one, index) => [one.name, { ...one, index }]));
  const own = described.columns.map((column, index) => ({ column, at: places.get(column.name)?.index ?? index, place: places.get(column.name) }));
  own.sort((one, other) => one.at - other.at);
  return [...rows.before(), ...own.map(({ column, place }, index) => heading(column, place, index === 0)), ...rows.after()];
}

function heading(column, place, first) {
  const right = column.kind === "number" || column.kind === "money";
  return {
    title: column.label, field: column.name, visible: place?.visible ?? column.shown, width: place?.width, minWidth: { number: 136, money: 144, moment: 176, status: 152 }[column.kind] ?? 128,
    formatter: formatter(column, first ? described.opens : ""), headerSort: column.sortable, hozAlign: right ? "right" : "left",
    headerFilter: column.operators.length ? () => headerFilter(column, state, refilter) : undefined, headerFilterLiveFilter: false,
    editor: described.editable.includes(column.name) ? editor(column) : undefined,
  };
}

function build() {
  const paging = { pagination: true, paginationMode: "remote", paginationSize: state.size, paginationSizeSelector: described.sizes, paginationInitialPage: state.page, paginationButtonCount: 5 };
  table = null;
  const made = new Tabulator(part("grid"), {
    ...(kept.endless ? { progressiveLoad: "scroll", paginationSize: 50 } : paging),
    height: kept.endless ? "70vh" : undefined, maxHeight: kept.endless ? undefined : "75vh", layout: "fitDataFill", index: "id",
    renderVertical: kept.endless ? "virtual" : "basic", columnDefaults: { vertAlign: "middle" },
    columns: headings(), movableColumns: true, resizableColumnFit: false, keybindings: false, renderHorizontal: "basic",
    ajaxURL: described.address, ajaxRequestFunc: read, sortMode: "remote", filterMode: "remote", dataLoader: false,
    initialSort: (state.sorts.length ? state.sorts : described.sorts).map((one) => ({ column: one.replace(/^-/, ""), dir: one.startsWith("-") ? "desc" : "asc" })),
    placeholder: () => placeholder(), rowFormatter: (row) => { rows.format(row); row.getElement().dataset.tone = toneOf(described.columns, row.getData()); },
  });
  rows.table = made;
  made.on("tableBuilding", () => made.columnManager.blockRedraw());  // every hidden column would measure all headings
  made.on("dataLoading", () => { if (made.columnManager.redrawBlock) made.columnManager.restoreRedraw(); });
  made.on("tableBuilt", () => { table = made; callGrid(part("grid"), described.many); });
  made.on("dataLoading", () => part("grid").setAttribute("aria-busy", "true"));
  made.on("dataLoaded", () => part("grid").setAttribute("aria-busy", "false"));
  made.on("dataProcessed", () => rows.mark());
  made.on("cellEdited", edited);
  made.on("rowContext", (event, row) => { if (rows.links.length) { event.preventDefault(); rows.menu(row, row.getElement()); } });
  made.on("pageSizeChanged", (size) => { kept.size = size; keep(); });
  for (const event of ["columnMoved", "columnResized"]) made.on(event, keep);
}

function placeholder() {
  return made("p", { class: "list-nothing" }, state.filtered ? "Nothing fits. Take a filter away, or choose more days." : described.empty);
}

function keep() {
  if (!table) return;  // while it is being built
  const own = table.getColumns().filter((column) => !column.getField().startsWith("_"));
  kept.columns = own.map((column) => ({ name: column.getField(), visible: column.isVisible(), width: column.getWidth() || undefined }));
  remember(key, kept);
}

// --- in place

async function edited(cell) {
  const row = cell.getRow(), column = cell.getField(), body = { version: row.getData().version, column, value: cell.getValue() };
  const answer = await fetch(`${described.address}/rows/${row.getData().id}`, {
    method: "PATCH", headers: { "Content-Type": "application/json", "X-CSRFToken": token }, body: JSON.stringify(body),
  }).catch(() => null);
  try {
    row.update((await sentence(answer)).row);
    say("");
  } catch (error) {
    if (error.found?.row) row.update(error.found.row);
    else cell.restoreOldValue();
    say(error.message);
  }
}

// --- files

async function download(form, ids) {
  const shown = table.getColumns().filter((column) => column.isVisible() && columns.has(column.getField())).map((column) => column.getField());
  const params = state.params();
  params.set("cols", shown.join(","));
  const body = ids && new URLSearchParams([["csrf_token", token], ["cols", shown.join(",")], ...ids.map((id) => ["ids", id])]);
  const answer = await fetch(`${described.address}/file.${form}${ids ? "" : `?${params}`}`, { method: ids ? "POST" : "GET", body }).catch(() => null);
  try {
    if (!answer?.ok) await sentence(answer);
    else if (answer.status === 202) location.assign((await answer.json()).address);
    else save(await answer.blob(), `${described.name}.${form}`);
  } catch (error) {
    say(error.message);
  }
}

function save(content, name) {
  const address = URL.createObjectURL(content);
  made("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

// --- around it

const closePanels = panels(root, {
  filters: (place) => filtersPanel(place, columns, state, () => { closePanels(); refilter(); }),
  columns: (place) => {
    columnsPanel(place, table, keep);
    const endless = made("input", { type: "checkbox", class: "form-check-input", checked: kept.endless, onchange: (event) => turn(event.target.checked) });
    place.append(made("label", { class: "list-word" }, endless, " Scroll without end instead of turning pages"));
  },
  views: (place) => viewsPanel(place, described.name, () => state.params().toString(), (query) => location.assign(`?${query}`)),
  files: (place) => filesPanel(place, download),
});

function turn(endless) {
  kept.endless = endless;
  keep();
  table.destroy();
  state.page = 1;
  build();
}

part("search").addEventListener("input", later((event) => { state.q = event.target.value.trim(); refilter(); }));
part("grid").addEventListener("keydown", (event) => rows.key(event));
addEventListener("online", () => reload(state.page));
setInterval(() => {
  const busy = document.hidden || !table || kept.endless || root.contains(document.activeElement) || chosen.ids.size || root.querySelector(".list-inside");
  if (!busy) table.replaceData().catch(() => {});
}, REFRESH_MS);
build();
