// Listens to a Plotly chart on the page and sends which cell was clicked.
const states = new WeakMap();

function attach(state) {
  const chart = document.querySelector(`.st-key-${CSS.escape(state.key)} .js-plotly-plot`);
  if (!chart || typeof chart.on !== "function" || chart === state.chart) return;
  state.chart = chart;
  chart.on("plotly_click", (event) => {
    const point = event.points?.[0];
    if (point) state.send("clicked", { x: point.x, y: point.y, at: Date.now() });
  });
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  let state = states.get(root);
  if (!state) {
    state = {};
    states.set(root, state);
    state.watch = setInterval(() => attach(state), 250); // charts are made anew when their figure changes
  }
  state.key = data.chart;
  state.send = setTriggerValue;
  attach(state);
  return () => {
    clearInterval(state.watch);
    states.delete(root);
  };
}
