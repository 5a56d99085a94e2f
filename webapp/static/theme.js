// Before anything is drawn: the theme somebody chose on this device, else what the device itself prefers; and whether the
// menu is folded to its icons. A script of its own in the head, and not a module: those run after the first drawing, and
// a dark bar would see a white flash.
(() => {
  const page = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const more = matchMedia("(prefers-contrast: more)");

  function kept(name) {
    try { return localStorage.getItem(name); } catch { return null; }
  }

  function apply() {
    const theme = kept("theme") || "auto";
    page.dataset.side = kept("side") || "wide";
    const plain = theme === "light" || theme === "dark";
    page.dataset.bsTheme = plain ? theme : dark.matches ? "dark" : "light";
    if (theme === "contrast" || (theme === "auto" && more.matches)) page.dataset.contrast = "high";
    else delete page.dataset.contrast;
    page.dataset.theme = theme;
  }

  apply();
  for (const preference of [dark, more]) preference.addEventListener("change", apply);
  addEventListener("storage", apply);  // chosen in another tab
  addEventListener("theme", apply);
})();
