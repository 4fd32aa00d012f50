// The map of products: a Streamlit component, and by itself in a page saved from it.
import { MapView } from "./view.js";
import { Panel } from "./panel.js";
import { Pictures } from "./pictures.js";
import { attachKeys, attachPointer } from "./gestures.js";

const maps = new WeakMap();

function build(root, outside) {
  const stage = root.querySelector(".stage");
  const view = new MapView(stage, { tell: (name, value) => outside.tell(name, value) });
  const ask = (question) => outside.ask(question);
  const pictures = new Pictures(view, ask);
  // The map fills its window at once; the full screen comes where the browser grants it.
  const show = (on) => setPresenting(root, view, panel, on);
  const present = () => {
    if (root.classList.contains("presenting")) {
      show(false);
      if (document.fullscreenElement) document.exitFullscreen();
    } else {
      show(true);
      root.requestFullscreen?.().catch(() => {});
    }
  };
  const panel = new Panel(root, view, { ask, tell: (name, value) => outside.tell(name, value), present });
  attachPointer(view, pictures, { mode: () => panel.mode, open: (row) => {
    if (root.classList.contains("presenting")) present(); // what opens would lie behind
    outside.tell("opened", row);
  } });
  const clear = () => (root.classList.contains("presenting") && !document.fullscreenElement ? present() : panel.clear());
  attachKeys(root, view, { search: () => panel.field.focus(), present, clear });
  const changed = () => document.fullscreenElement || show(false);
  document.addEventListener("fullscreenchange", changed);
  // Which data is on screen, for whoever waits for it: shown by its first dots, drawn when every gesture works.
  view.listeners.push((what) => {
    if ((what === "shown" || what === "drawn") && view.data) root.dataset[what] = view.data.version;
  });
  return { view, panel, pictures, stop: () => { document.removeEventListener("fullscreenchange", changed); view.stop(); } };
}

function setPresenting(root, view, panel, on) {
  panel.presenting.textContent = on ? "Leave" : "Present";
  root.classList.toggle("presenting", on);
  view.presenting = on;
  view.draw();
  view.drawOver();
}

function listen(state, key) {
  const hear = (event) => {
    const { key: whose, answer } = event.detail;
    if (whose !== key) return;
    if (answer.version !== state.view.data?.version) return;
    if (answer.card) state.pictures.learn(answer.card);
    if (answer.thumbs) state.pictures.learnThumbs(answer.thumbs);
    if (answer.search) state.panel.answer(answer.search);
    if (answer.chosen !== undefined) state.panel.tellChosen(answer.chosen);
    if (answer.selected !== undefined && answer.selected_version !== state.selectedVersion) {
      state.selectedVersion = answer.selected_version;
      state.view.select(answer.selected);
      state.view.showLoop(answer.loop);
    }
  };
  document.addEventListener("shelflens-map-answer", hear);
  return () => document.removeEventListener("shelflens-map-answer", hear);
}

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(".map");
  let state = maps.get(root);
  const outside = {
    tell: (name, value) => {
      if (name === "opened") setTriggerValue("opened", value);
      else if (name === "selection") setStateValue("selection", { ...value, time: Date.now() }); // no two alike, so each is heard
      else outside.ask({ [name]: value });
    },
    ask: (question) => document.dispatchEvent(new CustomEvent("shelflens-map-ask", { detail: { key: data.key, question } })),
  };
  if (!state) {
    state = build(root, { tell: (...words) => state.outside.tell(...words), ask: (question) => state.outside.ask(question) });
    maps.set(root, state);
    state.hearing = listen(state, data.key);
  }
  state.outside = outside;
  if (state.version !== data.version) {
    root.style.setProperty("--map-height", `${data.height}px`);
    root.setAttribute("aria-label", data.label);
    state.version = data.version;
    state.view.load(data);
    state.pictures.forget();
    state.panel.load();
    root.dataset.points = String(data.n);
    document.dispatchEvent(new CustomEvent("shelflens-map-ready", { detail: { key: data.key } }));
  }
  return () => {
    state.hearing();
    state.stop();
    maps.delete(root);
  };
}

// A page saved from the map has its data in itself and nobody to ask.
const saved = document.getElementById("shelflens-map-data");
if (saved) {
  const data = JSON.parse(saved.textContent);
  const root = document.querySelector(".map");
  const state = build(root, { tell: () => {}, ask: () => {} });
  root.style.setProperty("--map-height", "calc(100vh - 130px)");
  state.view.load(data);
  state.pictures.forget();
  state.panel.load();
}
