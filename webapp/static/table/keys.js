// A list by keyboard: as a tree grid, where the focus is on a row or on one of its cells. Up and down go from row to row,
// right unfolds a row and then goes into it, left comes out again.

const ROW = ".tabulator-row", CELL = ".tabulator-cell";

export function keys(grid, rows) {
  grid.addEventListener("keydown", (event) => {
    const row = event.target.closest(ROW), cell = event.target.matches(CELL) ? event.target : null;
    if (!row || (event.target !== row && !cell) || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = (cell ? inCell(row, cell, rows) : onRow(row, rows))[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function onRow(row, rows) {
  const of = () => rows.row(row);
  return {
    ArrowDown: () => go(row, row.nextElementSibling), ArrowUp: () => go(row, row.previousElementSibling),
    Home: () => go(row, row.parentElement.firstElementChild), End: () => go(row, row.parentElement.lastElementChild),
    ArrowRight: () => { if (rows.folded(row)) rows.unfold(of(), true); else enter(cells(row)[0]); },
    ArrowLeft: () => rows.unfold(of(), false),
    Enter: () => rows.open(of()), " ": () => rows.chosen.toggle(of().getData()),
    ContextMenu: () => rows.menu(of(), row), m: () => rows.menu(of(), row),
  };
}

function inCell(row, cell, rows) {
  const all = cells(row), at = all.indexOf(cell);
  const beside = (other) => other?.matches(ROW) && enter(cells(other)[at]);
  return {
    ArrowRight: () => enter(all[at + 1]), ArrowLeft: () => (at ? enter(all[at - 1]) : go(row, row)),
    ArrowDown: () => beside(row.nextElementSibling), ArrowUp: () => beside(row.previousElementSibling),
    Home: () => enter(all[0]), End: () => enter(all.at(-1)), Escape: () => go(row, row),
    Enter: () => use(cell, row, rows), F2: () => use(cell, row, rows), " ": () => use(cell, row, rows),
  };
}

// What a tap on the cell would do: change it, or follow what stands in it.
function use(cell, row, rows) {
  const inside = cell.querySelector("input, button, a"), name = cell.getAttribute("tabulator-field");
  if (cell.classList.contains("tabulator-editable")) rows.row(row).getCell(name).edit(true);
  else if (inside) inside.click();
  else rows.open(rows.row(row));
}

function cells(row) {
  return [...row.querySelectorAll(CELL)].filter((cell) => cell.offsetParent);
}

function enter(cell) {
  if (!cell) return;
  cell.tabIndex = -1;
  cell.focus();
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

// One row is in the order of the Tab key: the last one that was left.
function go(from, to) {
  if (!to?.matches(ROW)) return;
  from.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
}
