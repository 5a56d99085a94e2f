// What a list asks of the server, and what it says where that does not work.
const token = document.querySelector('meta[name="csrf-token"]').content;
export const AWAY = "There is no connection. The list is read again when it is back.";
export const SIGNED_OUT = "You are signed out. Sign in again, and this list is as you left it.";
const BROKEN = "Something went wrong on our side. Please try again.";

// JSON there and back: whether it was done, and what was said.
export async function call(address, method, body) {
  const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token };
  const answer = await fetch(address, { method, headers: method === "GET" ? { Accept: "application/json" } : headers, body: body && JSON.stringify(body) }).catch(() => null);
  return { ok: Boolean(answer?.ok), found: await said(answer) };
}

export async function said(answer) {
  if (!answer) return { error: AWAY };
  if (answer.status === 401) return { error: SIGNED_OUT };
  const found = await answer.json().catch(() => ({}));
  return answer.ok || found.error ? found : { error: BROKEN };
}

// A file comes at once, or its address where the workers write it.
export async function file(address, form, ids, columns) {
  const body = ids && new URLSearchParams([["csrf_token", token], ["cols", columns], ...ids.map((id) => ["ids", id])]);
  const answer = await fetch(address, { method: ids ? "POST" : "GET", body }).catch(() => null);
  return answer?.status === 200 ? { content: await answer.blob() } : said(answer);
}
