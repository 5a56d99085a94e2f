// What a page says, and what it asks before something is done for good.
//   import { toast, ask } from "./say.js";
//   toast("Saved.");  toast("That did not work.", "danger");
//   if (await ask("Delete this product?", "Delete")) …

const bootstrap = window.bootstrap;

export function toast(words, kind = "success") {
  const shown = document.getElementById("toast").content.firstElementChild.cloneNode(true);
  shown.classList.add(`toast-${kind}`);
  shown.querySelector("[data-words]").textContent = words;
  shown.addEventListener("hidden.bs.toast", () => shown.remove());
  document.getElementById("toasts").append(shown);
  new bootstrap.Toast(shown, { delay: kind === "danger" ? 10_000 : 5_000 }).show();
}

// `field` is what must be chosen with the answer.
export function ask(question, yes = "Yes", danger = true, field = null) {
  const dialog = document.getElementById("confirm");
  const button = dialog.querySelector("[data-yes]");
  dialog.querySelector("[data-question]").textContent = question;
  dialog.querySelector("[data-more]").replaceChildren(...(field ? [field] : []));
  button.textContent = yes;
  button.classList.toggle("btn-danger", danger);
  button.classList.toggle("btn-primary", !danger);
  return new Promise((answer) => {
    let agreed = false;
    const agree = () => { agreed = true; modal.hide(); };
    const modal = bootstrap.Modal.getOrCreateInstance(dialog);
    button.addEventListener("click", agree);
    dialog.addEventListener("shown.bs.modal", () => (field?.querySelector("select") ?? button).focus(), { once: true });
    dialog.addEventListener("hidden.bs.modal", () => {
      button.removeEventListener("click", agree);
      answer(agreed);
    }, { once: true });
    modal.show();
  });
}
