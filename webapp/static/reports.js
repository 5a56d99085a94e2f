// The charts of a report, in the colours of the theme. The tables beneath say the same, for who cannot see them.

const Chart = window.Chart;
const place = document.querySelector(".report-charts");
let drawn = [];

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function draw() {
  for (const chart of drawn) chart.destroy();
  Chart.defaults.color = token("--text");
  Chart.defaults.borderColor = token("--line");
  Chart.defaults.font.family = token("--font");
  Chart.defaults.animation = false;
  drawn = [...place.querySelectorAll("canvas")].map(bars);
}

function bars(canvas) {
  const labels = JSON.parse(canvas.dataset.labels);
  const data = JSON.parse(canvas.dataset.values);
  return new Chart(canvas, {
    type: "bar",
    data: { labels, datasets: [{ label: place.dataset.currency, data, backgroundColor: token("--go") }] },
    options: {
      maintainAspectRatio: false,
      plugins: { legend: { display: false } },
      scales: { x: { grid: { display: false } }, y: { beginAtZero: true, ticks: { precision: 0 } } },
    },
  });
}

if (place) {
  draw();
  addEventListener("theme", draw);
}
