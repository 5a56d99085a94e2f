// Small helpers; texts only ever become text nodes.
export const element = (id) => document.getElementById(id);

export function make(tag, className = "", ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

// *bold*, _italic_, ~strike~ and `code`, as chats write them: not inside words, not across lines.
const MARKUP = /(?<![\p{L}\p{N}])([*_~`])(?=\S)([^\n]*?\S)\1(?![\p{L}\p{N}])/gu;
const TAGS = { "*": "b", _: "i", "~": "s", "`": "code" };

export function marked(text) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(MARKUP)) {
    parts.push(text.slice(end, found.index));
    const inside = found[1] === "`" ? [found[2]] : marked(found[2]);
    parts.push(make(TAGS[found[1]], "", ...inside));
    end = found.index + found[0].length;
  }
  parts.push(text.slice(end));
  return parts;
}
