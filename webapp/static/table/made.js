// Elements made of words: everything that came from a guest is text, never markup.
export function made(tag, attributes = {}, ...inside) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...inside.filter((one) => one !== null && one !== undefined));
  return element;
}

export function button(label, act, kind = "secondary", more = {}) {
  return made("button", { type: "button", class: `btn btn-${kind}`, onclick: act, ...more }, label);
}

export function chooser(options, chosen, more = {}) {
  const select = made("select", { class: "form-select", ...more });
  for (const [value, label] of options) select.append(made("option", { value, selected: value === chosen }, label));
  return select;
}

// Waits until nobody types any more.
export function later(act, milliseconds = 350) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...given), milliseconds);
  };
}

// `{id}` in an address is what the row has under that name.
export function filled(address, row) {
  return address.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(row[name] ?? ""));
}

// What this device remembers; a private window keeps nothing.
export function remembered(name, otherwise) {
  try { return JSON.parse(localStorage.getItem(name)) ?? otherwise; } catch { return otherwise; }
}

export function remember(name, value) {
  try { localStorage.setItem(name, JSON.stringify(value)); } catch { /* as above */ }
}
