// The guest's page looks every two seconds whether it still stands, and reads itself again once it does not.
const page = document.querySelector("[data-state]");
const PAUSE = 2000;
const LONGEST = 30000;
let pause = PAUSE;

async function look() {
  try {
    const answer = await fetch(page.dataset.state, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (answer.status === 410) return location.reload();
    if (!answer.ok) throw new Error(answer.status);
    if ((await answer.json()).token !== page.dataset.token) return location.replace(location.pathname);
    pause = PAUSE;
  } catch {
    pause = Math.min(pause * 2, LONGEST);
  }
  setTimeout(look, pause);
}

setTimeout(look, pause);

// A second tap on a slow line is the same tap.
document.querySelector("form")?.addEventListener("submit", (event) => {
  event.target.querySelector("button").disabled = true;
});
