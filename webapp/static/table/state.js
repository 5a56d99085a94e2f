// What is shown of a list, as its address says it: filters, groups of which one must hold, search, sorts, page.
const PAIRS = /^([^.]+)\.([^.]+)\.(.*)$/s;

export class State {
  constructor(query, size) {
    const given = new URLSearchParams(query);
    this.where = given.getAll("where").map(condition).filter(Boolean);
    this.groups = [1, 2, 3, 4, 5].map((number) => given.getAll(`or${number}`).map(condition).filter(Boolean)).filter((group) => group.length);
    this.q = given.get("q") ?? "";
    this.sorts = (given.get("sort") ?? "").split(",").filter(Boolean);
    this.page = Number(given.get("page")) || 1;
    this.size = Number(given.get("size")) || size;
  }

  // What is filtered, without the place in it.
  filter() {
    const params = new URLSearchParams();
    for (const one of this.where) params.append("where", text(one));
    this.groups.forEach((group, index) => group.forEach((one) => params.append(`or${index + 1}`, text(one))));
    if (this.q) params.set("q", this.q);
    return params;
  }

  params(size = 25) {
    const params = this.filter();
    if (this.sorts.length) params.set("sort", this.sorts.join(","));
    if (this.page > 1) params.set("page", this.page);
    if (this.size !== size) params.set("size", this.size);
    return params;
  }

  get filtered() {
    return this.where.length > 0 || this.groups.length > 0 || this.q !== "";
  }

  value(column, operator) {
    return this.where.find((one) => one.column === column && one.operator === operator)?.value ?? "";
  }

  // One question of one column; empty takes it away.
  set(column, operator, value) {
    this.where = this.where.filter((one) => one.column !== column || one.operator !== operator);
    if (value !== "") this.where.push({ column, operator, value });
  }

  clear() {
    Object.assign(this, { where: [], groups: [], q: "", page: 1 });
  }
}

function condition(said) {
  const [, column, operator, value] = PAIRS.exec(said) ?? [];
  return column ? { column, operator, value } : null;
}

function text({ column, operator, value }) {
  return `${column}.${operator}.${value}`;
}
