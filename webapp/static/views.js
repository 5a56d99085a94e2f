// How the board is arranged: a column for each status, table or station, as this device last chose. An order that two
// stations make has a card in both columns, each with its own items.

const KEPT = "board-view";
const STATIONS = { BAR: "Bar", KITCHEN: "Kitchen" };
const OWN = document.getElementById("board").dataset.station;  // where this person works stands first
const COLUMN_OF = { PAID: "PAID", PREPARING: "PREPARING", READY: "READY", OUT_FOR_DELIVERY: "READY" };
const HEADINGS = { PAID: "New", PREPARING: "Preparing", READY: "Ready" };

// Each view: the columns that are always there, and where an order stands: [key, heading, rank, items].
const VIEWS = {
  status: {
    always: ["PAID", "PREPARING", "READY"].map((key, rank) => ({ key, heading: HEADINGS[key], rank })),
    places: (order) => [{ key: COLUMN_OF[order.status], items: order.items }],
  },
  table: {
    always: [],
    places: (order) => [{ ...seat(order), items: order.items }],
  },
  station: {
    always: Object.entries(STATIONS).map(([key, heading], place) => ({ key, heading, rank: key === OWN ? -1 : place })),
    places: (order) => Object.keys(STATIONS)
      .map((key) => ({ key, items: order.items.filter((item) => item.station === key) }))
      .filter((place) => place.items.length),
  },
};

function seat(order) {
  if (order.table) return { key: `T${order.table}`, heading: `Table ${order.table}`, rank: order.table };
  return order.pickup ? { key: "pickup", heading: "Pickup", rank: 1e6 } : { key: "delivery", heading: "Delivery", rank: 1e6 + 1 };
}

export function chosen() {
  const kept = localStorage.getItem(KEPT);
  return kept in VIEWS ? kept : "status";
}

export function choose(name) {
  try { localStorage.setItem(KEPT, name); } catch { /* a private window keeps nothing */ }
}

export class Columns {
  #board;
  #template = document.getElementById("column");
  #columns = new Map();  // key → its element
  #view;

  constructor(board) {
    this.#board = board;
    this.arrange(chosen());
  }

  arrange(name) {
    this.#view = VIEWS[name];
    this.#board.dataset.view = name;
    for (const column of this.#columns.values()) column.remove();
    this.#columns.clear();
    this.#view.always.forEach((place) => this.#column(place));
  }

  places(order) {
    return this.#view.places(order);
  }

  list(place) {
    return this.#column(place).querySelector("[data-cards]");
  }

  // After cards came or went: counts, and columns that nobody sits in any more.
  tidy() {
    const always = new Set(this.#view.always.map((place) => place.key));
    for (const [key, column] of this.#columns) {
      const cards = column.querySelector("[data-cards]").children.length;
      column.querySelector("[data-count]").textContent = cards;
      if (cards || always.has(key)) continue;
      column.remove();
      this.#columns.delete(key);
    }
    document.getElementById("nothing").hidden = this.#board.querySelector(".order") !== null;
  }

  #column(place) {
    if (!this.#columns.has(place.key)) this.#columns.set(place.key, this.#build(place));
    return this.#columns.get(place.key);
  }

  #build({ key, heading, rank }) {
    const column = this.#template.content.firstElementChild.cloneNode(true);
    column.dataset.column = key;
    column.dataset.rank = rank;
    column.setAttribute("aria-label", heading);
    column.querySelector("[data-heading]").textContent = heading;
    const next = [...this.#board.children].find((other) => Number(other.dataset.rank) > rank);
    this.#board.insertBefore(column, next || null);
    return column;
  }
}
