// One list page: Tabulator, configured once for all. `data-list` on #list is what the server declares (webapp/admin/lists.py).
import { callGrid } from "./table/grid.js";
import { Acts, one } from "./table/acts.js";
import { AWAY, SIGNED_OUT, call, file } from "./table/calls.js";
import { formatter, tint } from "./table/cells.js";
import { Chosen } from "./table/chosen.js";
import { editor } from "./table/edit.js";
import { chips, headerFilter, panel as filtersPanel, refill } from "./table/filters.js";
import { keys } from "./table/keys.js";
import { Live, renew, update } from "./table/live.js";
import { button, later, made, remember, remembered } from "./table/made.js";
import { columnsPanel, filesPanel, panels, viewsPanel } from "./table/panels.js";
import { Rows } from "./table/rows.js";
import { State } from "./table/state.js";

const root = document.getElementById("list"), part = (name) => root.querySelector(`[data-${name}]`);
const described = JSON.parse(root.dataset.list), key = `list.${described.name}`;
const columns = new Map(described.columns.map((column) => [column.name, column]));
const kept = remembered(key, { size: 25, endless: false, columns: [] });
const state = new State(location.search, kept.size);
const asking = (way, method, body) => call(described.address + way, method, body);
const acts = new Acts(described, asking, () => state.filter(), () => look());
const chosen = new Chosen(part("bulk"), described, download, acts);
const rows = new Rows(described, chosen, acts);
const ways = {
  save: (id, column, version, value) => asking(`/rows/${id}/${column}`, "PATCH", { version, value }),
  choices: (name) => asking(`/choices/${name}`, "GET"),
  show: update, began: (id) => { edited = id; }, ended: () => { edited = null; look(); },
};
let table, before = { data: [], last_page: 1, last_row: 0 }, ahead = null, edited = null, reading = 0;

chosen.onchange = () => rows.mark();
root.querySelector(".list-tools").hidden = false;

// --- reading

async function read(_, __, params) {
  state.page = params.page ?? 1;
  state.size = Number(params.size) || state.size;
  if (table) state.sorts = (params.sort ?? []).map(({ field, dir }) => (dir === "desc" ? "-" : "") + field);
  reading += 1;
  const { ok, found } = ahead ? { ok: true, found: ahead } : await asking(`/rows?${state.params()}`, "GET");
  ahead = null;
  reading -= 1;
  part("changed").hidden = true;
  say(ok ? "" : found.error);
  if (!ok) return kept.endless ? { ...before, data: [] } : before;  // what was there stays there
  before = found;
  tell(before);
  show();
  return before;
}

function tell(found) {
  const many = found.last_row.toLocaleString("en"), single = found.last_row === 1;
  chosen.count = found.last_row;
  part("count").textContent = `${found.about ? "About " : ""}${many} ${single ? one(described.many) : described.many}${state.filtered ? (single ? " fits" : " fit") : ""}`;
}

function say(words) {
  const place = part("problem");
  if (words && !place.hidden && place.firstChild.textContent === words) return;  // read out once
  const login = made("a", { href: `${root.dataset.login}?next=${encodeURIComponent(location.pathname + location.search)}` }, "Sign in");
  place.replaceChildren(words, ...(words ? [" ", words === SIGNED_OUT ? login : button("Try again", () => reload())] : []));
  place.hidden = !words;
}

// What the page says around the table, and its address.
function show() {
  const query = state.params().toString();
  history.replaceState(null, "", query ? `?${query}` : location.pathname);
  chips(part("chips"), columns, state, refilter);
  refill(part("grid"), state);
  for (const view of root.querySelectorAll("[data-view]")) {
    if (new State(view.dataset.view, 25).filter().toString() === state.filter().toString()) view.setAttribute("aria-current", "true");
    else view.removeAttribute("aria-current");
  }
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

// --- live

// Reads the rows anew and changes them where they stand. Others than these are shown at once only to who is not among them.
async function look() {
  if (!table || reading) return;
  const question = state.params().toString(), ids = table.getRows("visible").map((row) => row.getData().id);
  if (kept.endless && !ids.length) return;
  const { ok, found } = await asking(`/rows?${kept.endless ? `ids=${ids.slice(0, 100).join(",")}` : question}`, "GET");
  if (!ok || reading || question !== state.params().toString()) {
    if (!ok && found.error !== AWAY) say(found.error);
    return;
  }
  if (!part("problem").hidden) say("");
  const same = renew(table, found.data, edited, update);
  if (kept.endless) return;
  before = found;
  tell(found);
  if (same) part("changed").hidden = true;
  else if (among()) offer();
  else bring(found);
}

function among() {
  const holder = part("grid").querySelector(".tabulator-tableholder");
  return edited || rows.opened || holder.contains(document.activeElement) || holder.scrollTop > 0 || root.querySelector(".list-inside");
}

function bring(found) {
  ahead = found;
  table.replaceData().catch(() => {});
}

function offer() {
  if (!part("changed").hidden) return;
  part("changed").replaceChildren("Other rows belong here now. ", button("Show them", () => { part("changed").hidden = true; table.replaceData().catch(() => {}); }));
  part("changed").hidden = false;
}

// --- the table

function headings() {
  const places = new Map(kept.columns.map((one, index) => [one.name, { ...one, index }]));
  const own = described.columns.map((column, index) => ({ column, at: places.get(column.name)?.index ?? index, place: places.get(column.name) }));
  own.sort((one, other) => one.at - other.at);
  return [...rows.before(), ...own.map(({ column, place }) => heading(column, place, column === described.columns[0])), ...rows.after()];
}

function heading(column, place, named) {
  const right = column.kind === "number" || column.kind === "money";
  return {
    title: column.label, field: column.name, visible: place?.visible ?? column.shown, width: place?.width,
    minWidth: { number: 136, money: 144, moment: 176, status: 152, progress: 152, image: 88 }[column.kind] ?? 128,
    formatter: formatter(column, named ? described.opens : ""), headerSort: column.sortable, hozAlign: right ? "right" : "left",
    headerFilter: column.operators.length ? () => headerFilter(column, state, refilter) : undefined, headerFilterLiveFilter: false,
    editor: column.edited ? editor(column, ways) : undefined,
  };
}

function build() {
  const paging = { pagination: true, paginationMode: "remote", paginationSize: state.size, paginationSizeSelector: described.sizes, paginationInitialPage: state.page, paginationButtonCount: 5 };
  table = null;
  const made = new Tabulator(part("grid"), {
    ...(kept.endless ? { progressiveLoad: "scroll", paginationSize: 50 } : paging),
    height: kept.endless ? "70vh" : undefined, maxHeight: kept.endless ? undefined : "75vh", layout: "fitDataFill", index: "id",
    renderVertical: kept.endless ? "virtual" : "basic", columnDefaults: { vertAlign: "middle" }, editTriggerEvent: "click",
    columns: headings(), movableColumns: true, resizableColumnFit: false, keybindings: false, renderHorizontal: "basic",
    ajaxURL: described.address, ajaxRequestFunc: read, sortMode: "remote", filterMode: "remote", dataLoader: false,
    initialSort: (state.sorts.length ? state.sorts : described.sorts).map((one) => ({ column: one.replace(/^-/, ""), dir: one.startsWith("-") ? "desc" : "asc" })),
    placeholder: () => placeholder(), rowFormatter: (row) => { rows.format(row); tint(described.columns, row); },
  });
  rows.table = made;
  made.on("tableBuilding", () => made.columnManager.blockRedraw());  // every hidden column would measure all headings
  made.on("dataLoading", () => { if (made.columnManager.redrawBlock) made.columnManager.restoreRedraw(); });
  made.on("tableBuilt", () => { table = made; callGrid(part("grid"), described.many); });
  made.on("dataLoading", () => part("grid").setAttribute("aria-busy", "true"));
  made.on("dataLoaded", () => part("grid").setAttribute("aria-busy", "false"));
  made.on("dataProcessed", () => rows.mark());
  made.on("rowContext", (event, row) => { if (rows.links.length) { event.preventDefault(); rows.menu(row, row.getElement()); } });
  made.on("pageSizeChanged", (size) => { kept.size = size; keep(); });
  for (const event of ["columnMoved", "columnResized"]) made.on(event, keep);
}

function placeholder() {
  if (!state.filtered) return made("p", { class: "list-nothing" }, described.empty);
  return made("div", { class: "list-nothing" }, made("p", {}, "Nothing fits. Take a filter away, or choose more days."), button("Show everything", () => { state.clear(); refilter(); }));
}

function keep() {
  if (!table) return;  // while it is being built
  const own = table.getColumns().filter((column) => !column.getField().startsWith("_"));
  kept.columns = own.map((column) => ({ name: column.getField(), visible: column.isVisible(), width: column.getWidth() || undefined }));
  remember(key, kept);
}

// --- files

async function download(form, ids) {
  const shown = table.getColumns().filter((column) => column.isVisible() && columns.has(column.getField())).map((column) => column.getField()).join(",");
  const params = state.params();
  params.set("cols", shown);
  const { content, address, error } = await file(`${described.address}/file.${form}${ids ? "" : `?${params}`}`, form, ids, shown);
  if (content) save(content, `${described.name}.${form}`);
  else if (address) location.assign(address);
  else say(error);
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
keys(part("grid"), rows);
build();
new Live(root.dataset.changes, described.hears, look, (live) => {
  part("live").textContent = live ? "Live" : "";
  part("live").hidden = !live;
});
