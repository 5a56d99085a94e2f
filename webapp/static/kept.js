// What the page knows of one kind of thing: id → { version, thing }. What left the board is kept as null, so that late
// repeats stay away. `draw(id, thing, before)` is called for what is news.

export class Kept {
  #known = new Map();
  #touched = new Set();
  #draw;

  constructor(draw) {
    this.#draw = draw;
  }

  get(id) {
    return this.#known.get(id);
  }

  take(id, version, thing) {
    const before = this.#known.get(id);
    this.#touched.add(id);
    if (before && before.version >= version) return;
    this.#known.set(id, { version, thing });
    this.#draw(id, thing, before);
  }

  // What changes from here until `replace` is newer than what is being read.
  reading() {
    this.#touched = new Set();
  }

  replace(things) {
    const open = new Set(things.map((thing) => thing.id));
    for (const thing of things) this.take(thing.id, thing.version, thing);
    for (const [id, { version, thing }] of this.#known) {
      if (!thing || open.has(id) || this.#touched.has(id)) continue;
      this.#known.set(id, { version, thing: null });
      this.#draw(id, null);
    }
  }
}
