// A cell changed in place. What was typed stays until it is saved or given up: what is wrong with it, or who was
// quicker, stands beside it.
import { plain } from "./cells.js";
import { made } from "./made.js";

let beside = null;  // what is said of the cell that is being edited

export function editor(column, ways) {
  return (cell, rendered, _, cancel) => {
    const row = cell.getRow(), before = row.getData().raw?.[column.name] ?? "";
    const field = column.chosen ? made("select", { class: "form-select form-select-sm", "aria-label": column.label })
      : made("input", { type: "text", class: "form-control form-control-sm", value: before, "aria-label": column.label, maxlength: 200, autocomplete: "off" });
    const known = { version: row.getData().version, row: null, refused: null, busy: false, over: false };

    const leave = (back) => {
      known.over = true;
      hush();
      cancel();
      ways.ended();
      if (known.row) ways.show(row, known.row);
      if (back) cell.getElement().focus();
    };
    const save = async (back) => {
      if (known.over || known.busy) return;
      const unread = column.chosen && !field.options.length;  // what can be chosen has not come: nothing was
      if (unread || (field.value === before && !known.row)) { leave(back); return; }
      known.busy = true;
      field.setAttribute("aria-busy", "true");
      const { ok, found } = await ways.save(row.getData().id, column.name, known.version, field.value);
      known.busy = false;
      field.removeAttribute("aria-busy");
      if (found.row) [known.row, known.version] = [found.row, found.row.version];
      if (ok) { leave(back); return; }
      known.refused = field.value;
      say(field, found.row ? `${found.error} It is ${plain(column, found.row[column.name])} now. Enter puts yours over it, Escape leaves it.` : found.error);
      field.focus();
    };

    field.addEventListener("blur", () => { if (known.refused === null) save(false); });
    field.addEventListener("input", () => { if (!known.row) known.refused = null; });
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") { event.preventDefault(); save(true); }
      if (event.key === "Escape") leave(true);
    });
    rendered(() => { ways.began(row.getData().id); field.focus(); field.select?.(); });
    if (column.chosen) choose(field, column, before, ways, () => save(true));
    return field;
  };
}

async function choose(field, column, before, ways, save) {
  const { ok, found } = await ways.choices(column.name);
  if (!ok) { say(field, found.error); return; }
  field.append(...found.options.map(([value, label]) => made("option", { value, selected: value === before }, label)));
  field.addEventListener("change", save);
}

function say(field, words) {
  hush();
  beside = made("p", { class: "list-beside", role: "alert", id: "list-beside" }, words);
  document.body.append(beside);
  const place = field.getBoundingClientRect();
  beside.style.top = `${Math.min(place.bottom + 4, innerHeight - beside.offsetHeight - 8)}px`;
  beside.style.left = `${Math.max(8, Math.min(place.left, innerWidth - beside.offsetWidth - 8))}px`;
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", "list-beside");
  field.classList.add("is-invalid");
}

function hush() {
  beside?.remove();
  beside = null;
}
