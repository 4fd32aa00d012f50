// Listens to a Plotly chart on the page: sends clicks, shows the hovered product's picture beside the pointer.
// The picture is asked for by number, once the pointer rests, and kept: nothing is sent for points nobody looks at.
const REST_MS = 60;
const KEPT = 400;
const states = new WeakMap();

function findChart(key) {
  return document.querySelector(`.st-key-${CSS.escape(key)} .js-plotly-plot`);
}

function place(tip, event) {
  const width = 190, height = 250;
  const left = event.clientX + 18 + width > window.innerWidth ? event.clientX - width - 18 : event.clientX + 18;
  const top = Math.min(Math.max(8, event.clientY - 90), window.innerHeight - height - 8);
  tip.style.left = `${left}px`;
  tip.style.top = `${top}px`;
}

function fill(tip, card) {
  tip.querySelector("img").src = card.picture || "";
  tip.querySelector("img").hidden = !card.picture;
  tip.querySelector(".none").hidden = Boolean(card.picture);
  tip.querySelector(".title").textContent = card.title;
  tip.querySelector(".line").textContent = card.line;
}

function rowOf(point) {
  const data = point?.customdata;
  return Array.isArray(data) ? data[0] : data;
}

function attach(state) {
  const chart = findChart(state.key);
  if (!chart || typeof chart.on !== "function" || chart === state.chart) return;
  state.chart = chart;
  chart.on("plotly_click", (event) => {
    const point = event.points?.[0];
    if (state.clicks && point) state.send("clicked", { x: point.x, y: point.y, at: Date.now() });
  });
  if (!state.hover) return;
  chart.on("plotly_hover", (event) => {
    const row = rowOf(event.points?.[0]);
    if (row === undefined || row === null) return;
    state.row = row;
    if (event.event) place(state.tip, event.event);
    clearTimeout(state.timer);
    if (state.cards.has(row)) return show(state, row);
    state.timer = setTimeout(() => state.row === row && state.ask(row), REST_MS);
  });
  chart.on("plotly_unhover", () => {
    state.row = null;
    clearTimeout(state.timer);
    state.tip.classList.remove("on");
  });
}

function show(state, row) {
  if (state.row !== row) return;
  fill(state.tip, state.cards.get(row));
  state.tip.classList.add("on");
}

export default function ({ data, parentElement, setTriggerValue, setStateValue }) {
  const root = parentElement.querySelector(".root");
  let state = states.get(root);
  if (!state) {
    state = { tip: parentElement.querySelector(".tip"), cards: new Map() };
    states.set(root, state);
    state.watch = setInterval(() => attach(state), 250); // charts are made anew when their figure changes
  }
  if (state.version !== data.version) state.cards.clear();
  Object.assign(state, { key: data.chart, hover: data.hover, clicks: data.clicks, version: data.version });
  state.send = setTriggerValue;
  state.ask = (row) => setStateValue("hovered", row);
  if (data.card) {
    if (state.cards.size >= KEPT) state.cards.delete(state.cards.keys().next().value);
    state.cards.set(data.card.row, data.card);
    show(state, data.card.row);
  }
  attach(state);
  return () => {
    clearInterval(state.watch);
    clearTimeout(state.timer);
    state.tip.classList.remove("on");
    states.delete(root);
  };
}
