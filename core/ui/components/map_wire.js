// Carries a map's small questions to Python and the answers back, so that its points travel once.
// One question at a time: a newer one of its kind replaces the one that waits.
const LONGEST_MS = 4000;
const states = new WeakMap();

function tell(state) {
  if (!state.answer) return;
  document.dispatchEvent(new CustomEvent("shelflens-map-answer", { detail: { key: state.key, answer: state.answer } }));
}

function next(state) {
  if (state.asked || !state.waiting.size) return;
  const [name, value] = state.waiting.entries().next().value;
  state.waiting.delete(name);
  state.number += 1;
  state.asked = state.number;
  clearTimeout(state.timer);
  state.timer = setTimeout(() => { state.asked = 0; next(state); }, LONGEST_MS);
  state.send({ number: state.number, name, value });
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".root");
  let state = states.get(root);
  if (!state) {
    state = { waiting: new Map(), number: (data.answer.number || 0) + 1, asked: 0 };
    states.set(root, state);
    state.hear = (event) => {
      if (event.detail.key !== state.key) return;
      for (const [name, value] of Object.entries(event.detail.question)) state.waiting.set(name, value);
      next(state);
    };
    state.ready = (event) => event.detail.key === state.key && tell(state);
    document.addEventListener("shelflens-map-ask", state.hear);
    document.addEventListener("shelflens-map-ready", state.ready);
  }
  Object.assign(state, { key: data.key, answer: data.answer, send: (question) => setStateValue("question", question) });
  if (state.asked && data.answer.number === state.asked) {
    clearTimeout(state.timer);
    state.asked = 0;
  }
  tell(state);
  next(state);
  return () => {
    clearTimeout(state.timer);
    document.removeEventListener("shelflens-map-ask", state.hear);
    document.removeEventListener("shelflens-map-ready", state.ready);
    states.delete(root);
  };
}
