// The ticket's one button: the browser's own way to paper.
document.querySelector("[data-print]").addEventListener("click", () => print());
