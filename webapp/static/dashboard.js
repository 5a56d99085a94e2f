// Three charts in the colours of the theme, and what ran out; each says in words what it shows, for who cannot see it.

import { toast } from "./say.js";

const Chart = window.Chart;
const place = document.getElementById("charts");
const FIRST = 6;  // a bar's day begins in the morning
const HOURS = night([...Array(24).keys()].map((hour) => `${String(hour).padStart(2, "0")}:00`));

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

// Each in a task of its own: a slow phone answers a touch in between.
async function draw(found) {
  Chart.defaults.color = token("--text");
  Chart.defaults.borderColor = token("--line");
  Chart.defaults.font.family = token("--font");
  Chart.defaults.animation = false;
  const money = `Money (${place.dataset.currency})`;
  const charts = [
    () => bars("revenue", HOURS, [set(money, night(found.revenue), "--go")]),
    () => bars("waiting", HOURS, [set("Half wait no longer (min)", night(found.waiting.typical), "--second"),
                                  set("Nine of ten (min)", night(found.waiting.slow), "--late")], true),
    () => bars("tables", found.tables.map((one) => `Table ${one.table}`), [set("Orders", found.tables.map((one) => one.orders), "--go")]),
  ];
  for (const chart of charts) {
    chart();
    await new Promise((done) => setTimeout(done));
  }
}

// Hours of the clock, as an evening goes.
function night(hours) {
  return [...hours.slice(FIRST), ...hours.slice(0, FIRST)];
}

function list({ outs, lost }) {
  const box = document.getElementById("outs");
  const money = (amount) => `${place.dataset.currency} ${amount.toLocaleString("en")}`;
  box.querySelector("[data-lost]").textContent = money(lost);
  box.querySelector("ol").replaceChildren(...outs.map((one) => row(one.name, `${one.hours} h`, money(one.cost))));
  box.hidden = outs.length === 0;
  document.getElementById("no-outs").hidden = outs.length > 0;
}

function row(name, hours, cost) {
  const line = document.createElement("li");
  for (const [tag, words] of [["bdi", name], ["span", hours], ["b", cost]]) {
    const part = document.createElement(tag);
    part.textContent = words;
    line.append(part);
  }
  return line;
}

function set(label, data, colour) {
  return { label, data, backgroundColor: token(colour), borderColor: token(colour), borderWidth: 2, spanGaps: true };
}

function bars(id, labels, datasets, lines = false) {
  const canvas = document.getElementById(id);
  const highest = Math.max(...datasets[0].data.map(Number), 0);
  const at = labels[datasets[0].data.map(Number).indexOf(highest)];
  canvas.parentElement.hidden = highest === 0;
  canvas.parentElement.nextElementSibling.hidden = highest > 0;
  canvas.setAttribute("aria-label", highest ? `${datasets[0].label}: most at ${at}, ${highest}` : `${datasets[0].label}: nothing in this time`);
  Chart.getChart(canvas)?.destroy();  // in the colours from before
  new Chart(canvas, {
    type: lines ? "line" : "bar",
    data: { labels, datasets },
    options: {
      maintainAspectRatio: false,
      plugins: { legend: { display: datasets.length > 1, position: "bottom" } },
      scales: { x: { grid: { display: false } }, y: { beginAtZero: true, ticks: { precision: 0 } } },
    },
  });
}

try {
  const answer = await fetch(place.dataset.from, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error("not readable");
  const found = await answer.json();
  list(found);
  await draw(found);
  addEventListener("theme", () => draw(found));
} catch {
  toast("The charts could not be read. Reload the page to try again.", "danger");
}
