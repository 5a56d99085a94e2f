// Whoever has a list open hears that rows of it changed, and looks again: at once, then at most every two seconds. A page
// nobody sees holds no stream, for a browser keeps only six connections to one host; it looks when it is seen again.
const AT_MOST_MS = 2_000, ANYWAY_MS = 20_000;

export class Live {
  constructor(address, hears, look, show) {
    Object.assign(this, { address, hears, look, show, source: null, due: 0, last: Date.now() });
    document.addEventListener("visibilitychange", () => this.turn());
    addEventListener("pagehide", () => this.close());
    addEventListener("pageshow", (event) => { if (event.persisted) this.turn(); });
    addEventListener("online", () => this.soon());
    setInterval(() => { if (!document.hidden) { this.open(); this.soon(); } }, ANYWAY_MS);
    this.open();
  }

  turn() {
    if (document.hidden) this.close();
    else { this.open(); this.soon(); }
  }

  open() {
    if (!this.hears.length || document.hidden || (this.source && this.source.readyState !== EventSource.CLOSED)) return;
    this.source = new EventSource(this.address);
    this.source.onmessage = (event) => { if (this.hears.includes(JSON.parse(event.data).about)) this.soon(); };
    this.source.addEventListener("state", (event) => this.state(JSON.parse(event.data).live));
    this.source.addEventListener("reset", () => this.soon());
    this.source.addEventListener("ended", () => this.close());
    this.source.onerror = () => this.show(false);
  }

  // What changed before the stream began, it does not tell.
  state(live) {
    this.show(live);
    if (live) this.soon();
  }

  close() {
    this.source?.close();
    this.source = null;
    this.show(false);
  }

  soon() {
    if (this.due || document.hidden) return;
    this.due = setTimeout(() => { this.due = 0; this.last = Date.now(); this.look(); }, Math.max(0, this.last + AT_MOST_MS - Date.now()));
  }
}

// Puts what was read anew into the rows that are there; answers whether they are still the same rows in the same order.
export function renew(table, data, held, show) {
  const rows = table.getRows(), here = new Map(rows.map((row) => [row.getData().id, row]));
  for (const found of data) {
    const row = here.get(found.id);
    if (row && found.id !== held && JSON.stringify(row.getData()) !== JSON.stringify(found)) show(row, found);
  }
  return rows.length === data.length && data.every((found, place) => rows[place].getData().id === found.id);
}

// A row as it is now; what is different in it is seen for a moment.
export async function update(row, found) {
  const before = row.getData(), other = (name) => JSON.stringify(before[name]) !== JSON.stringify(found[name]);
  const fresh = row.getCells().filter((cell) => cell.getField() in found && other(cell.getField()));
  await row.update(found);
  for (const cell of fresh) {
    const element = cell.getElement();
    element.classList.remove("list-fresh");
    void element.offsetWidth;  // begins anew where it was just lit
    element.classList.add("list-fresh");
  }
}
