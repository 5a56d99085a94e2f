// Four charts in the colours of the theme; each says in words what it shows, for who cannot see it.

import { toast } from "./say.js";

const Chart = window.Chart;
const place = document.getElementById("charts");
const HOURS = [...Array(24).keys()].map((hour) => `${String(hour).padStart(2, "0")}:00`);
let drawn = [];

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function draw(found) {
  for (const chart of drawn) chart.destroy();
  Chart.defaults.color = token("--text");
  Chart.defaults.borderColor = token("--line");
  Chart.defaults.font.family = token("--font");
  Chart.defaults.animation = false;
  const money = `Money (${place.dataset.currency})`;
  drawn = [
    bars("revenue", HOURS, [set(money, found.revenue, "--go")]),
    bars("waiting", HOURS, [set("Half wait no longer (min)", found.waiting.typical, "--second"),
                            set("Nine of ten (min)", found.waiting.slow, "--late")], true),
    bars("tables", found.tables.map((one) => `Table ${one.table}`), [set("Orders", found.tables.map((one) => one.orders), "--go")]),
    bars("outs", found.outs.map((one) => `${one.name}, ${one.hours} h`), [set(money, found.outs.map((one) => one.cost), "--stop")]),
  ];
}

function set(label, data, colour) {
  return { label, data, backgroundColor: token(colour), borderColor: token(colour), borderWidth: 2, spanGaps: true };
}

function bars(id, labels, datasets, lines = false) {
  const canvas = document.getElementById(id);
  const highest = Math.max(...datasets[0].data.map(Number), 0);
  const at = labels[datasets[0].data.map(Number).indexOf(highest)];
  canvas.setAttribute("aria-label", highest ? `${datasets[0].label}: most at ${at}, ${highest}` : `${datasets[0].label}: nothing in this time`);
  return new Chart(canvas, {
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
  draw(found);
  addEventListener("theme", () => draw(found));
} catch {
  toast("The charts could not be read. Reload the page to try again.", "danger");
}
