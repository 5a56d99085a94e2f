// A file that is too large is said beside its field, before it is sent: what else was typed on the page stays.

for (const field of document.querySelectorAll("input[type=file][data-most]")) {
  const said = document.getElementById(field.dataset.problem);
  const tooLarge = () => (field.files[0]?.size ?? 0) > Number(field.dataset.most);
  const look = () => {
    const words = tooLarge() ? field.dataset.words : "";
    field.classList.toggle("is-invalid", words !== "");
    field.setAttribute("aria-invalid", String(words !== ""));
    said.textContent = words;
    said.hidden = words === "";
  };
  field.addEventListener("change", look);
  field.form.addEventListener("submit", (event) => {
    look();
    if (tooLarge() && event.submitter?.value !== "remove") {
      event.preventDefault();
      field.focus();
    }
  });
}
