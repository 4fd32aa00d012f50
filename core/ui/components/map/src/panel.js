// The bar above the map, the legend beside it, and the slider from one map to the other.
import { SIGNS } from "./shapes.js";
import { savePng, saveSvg } from "./images.js";

const TYPED_MS = 250;
const MODES = [
  ["pan", "Move", "Drag to move, wheel to zoom; Shift and drag draws a loop"],
  ["loop", "Loop", "Drag a loop around products"],
  ["box", "Box", "Drag a box around products"],
];

function make(kind, name, text) {
  const node = document.createElement(kind);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}

function button(words, title, act) {
  const node = make("button", "", words);
  node.type = "button";
  node.title = title;
  node.onclick = act;
  return node;
}

function toggle(words, title, read, act) {
  const node = button(words, title, () => {
    act(!read());
    node.setAttribute("aria-pressed", String(read()));
  });
  node.setAttribute("aria-pressed", String(read()));
  return node;
}

export class Panel {
  constructor(root, view, { ask, tell, present }) {
    Object.assign(this, { root, view, ask, tell, mode: "pan" });
    this.bar = root.querySelector(".bar");
    this.legend = root.querySelector(".legend");
    this.note = root.querySelector(".note");
    this.modes = MODES.map(([name, words, title]) => [name, button(words, title, () => this.setMode(name))]);
    this.field = make("input");
    this.field.type = "search";
    this.field.placeholder = "Find  ( / ), Enter selects";
    this.field.maxLength = 200;
    this.field.setAttribute("aria-label", "Find on the map");
    this.field.oninput = () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.search(), TYPED_MS);
    };
    this.field.onkeydown = (event) => {
      if (event.key === "Enter" && this.field.value.trim()) tell("selection", { search: this.field.value.trim() });
    };
    this.hits = make("span", "hits");
    this.hits.setAttribute("role", "status");
    this.group = (...nodes) => {
      const group = make("span", "group");
      group.append(...nodes);
      return group;
    };
    this.presenting = button("Present", "Full screen, large letters ( f )", present);
    this.bar.append(
      this.group(...this.modes.map(([, node]) => node)),
      this.group(button("−", "Zoom out ( - )", () => view.zoomBy(-0.5)), button("+", "Zoom in ( + )", () => view.zoomBy(0.5)), button("All", "Show the whole map ( 0 )", () => view.fit())),
      this.group(
        toggle("Names", "Names on the map", () => view.withNames, (on) => { view.withNames = on; view.describe(); }),
        toggle("Density", "Contours of density", () => Boolean(view.withContours), (on) => { view.withContours = on; view.describe(); }),
      ),
      this.group(this.field, this.hits),
      this.group(button("PNG", "Save what you see as a picture", () => savePng(view)), button("SVG", "Save what you see as a drawing", () => saveSvg(view)), this.presenting),
    );
    this.chosen = button("", "See what is selected, below the map", () => document.getElementById("selected")?.scrollIntoView({ behavior: "smooth" }));
    this.chosen.hidden = true;
    this.bar.append(this.group(this.chosen));
    this.setMode("pan");
    view.listeners.push((what) => this.hear(what));
  }

  setMode(name) {
    this.mode = name;
    for (const [other, node] of this.modes) node.setAttribute("aria-pressed", String(other === name));
    this.view.stage.dataset.mode = name;
  }

  hear(what) {
    if (what === "lost") this.say("The graphics card let the map go; it is being drawn again.");
    if (what === "back") this.say("");
    if (what === "unable") this.say("This browser has no WebGL 2, so its processor draws the map, more slowly: graphics acceleration is in the browser's settings.");
  }

  say(words) {
    this.note.textContent = words;
  }

  search() {
    const text = this.field.value.trim();
    if (text && !this.view.data.titles) return this.ask({ search: text });
    this.hits.textContent = "";
    if (!text) return this.view.find(null);
    this.searchTitles(text.toLowerCase().split(/\s+/));
  }

  // A file that stands alone has its titles with it.
  searchTitles(words) {
    const { titles, lines } = this.view.data;
    const found = Uint8Array.from(titles, (title, row) => Number(words.every((word) => `${title} ${lines?.[row] ?? ""}`.toLowerCase().includes(word))));
    this.view.found = found;
    this.view.recolor();
    this.tellHits(found.reduce((sum, one) => sum + one, 0));
  }

  tellHits(count) {
    this.hits.textContent = `${count.toLocaleString("en")} found`;
  }

  // What lies in a loop is listed below, often beyond the window.
  tellChosen(count) {
    this.chosen.hidden = !count;
    this.chosen.textContent = `${(count ?? 0).toLocaleString("en")} selected \u2193`;
  }

  answer({ text, found, count }) {
    if (text !== this.field.value.trim()) return;
    this.view.find(found);
    this.tellHits(count);
  }

  clear() {
    this.field.value = "";
    this.hits.textContent = "";
    this.view.clear();
    this.drawLegend();
  }

  load() {
    this.drawLegend();
    this.root.querySelector(".slider")?.remove();
    if (this.view.data.xy_after) this.root.querySelector(".stage-row").after(this.slider());
  }

  drawLegend() {
    const { data, only, palette } = this.view;
    const rows = data.ramp ? [this.scale(data.ramp)] : data.kinds.map((kind, code) => this.entry(kind, code, palette[code], only));
    const title = make("div", "legend-title", data.by);
    this.legend.replaceChildren(title, ...rows);
    if (data.second_by) this.legend.append(make("div", "legend-note", `stronger: more ${data.second_by}`));
    if (data.shapes) this.legend.append(make("div", "legend-title", data.shapes_by), ...data.shape_kinds.map((kind, shape) => this.sign(kind, shape)));
    if (data.n < data.total) this.legend.append(make("div", "legend-note", `${data.n.toLocaleString("en")} of ${data.total.toLocaleString("en")} products drawn`));
  }

  entry(kind, code, color, only) {
    const node = make("button", "entry");
    node.type = "button";
    const dot = make("span", "dot");
    dot.style.background = `rgb(${color.join(" ")})`;
    node.append(dot, make("span", "name", kind.name), make("span", "count", kind.count.toLocaleString("en")));
    node.title = `${kind.name}: click to see it alone, Shift and click to add it`;
    node.setAttribute("aria-pressed", String(only.has(code)));
    node.classList.toggle("off", only.size > 0 && !only.has(code));
    node.onclick = (event) => {
      this.view.isolate(code, event.shiftKey || event.ctrlKey || event.metaKey);
      this.drawLegend();
      this.legend.querySelectorAll(".entry")[code]?.focus();
    };
    return node;
  }

  sign(kind, shape) {
    const node = make("div", "entry sign");
    node.append(make("span", "mark", SIGNS[shape]), make("span", "name", kind.name), make("span", "count", kind.count.toLocaleString("en")));
    node.title = kind.name;
    return node;
  }

  scale(ramp) {
    const box = make("div", "scale");
    const strip = make("div", "strip");
    const stops = [0, 0.2, 0.4, 0.6, 0.8, 1].map((at) => `rgb(${this.view.palette[Math.round(at * 254)].join(" ")})`);
    strip.style.background = `linear-gradient(to top, ${stops.join(", ")})`;
    const ticks = make("div", "ticks");
    for (const tick of ramp.ticks) {
      const node = make("span", "", tick.words);
      node.style.bottom = `${(tick.code / 254) * 100}%`;
      ticks.append(node);
    }
    box.append(strip, ticks);
    return box;
  }

  slider() {
    const { view } = this;
    const box = make("div", "slider");
    const range = make("input");
    Object.assign(range, { type: "range", min: 0, max: 100, step: 1, value: Math.round(view.at * 100) });
    const [before, after] = view.data.ends;
    range.setAttribute("aria-label", `From ${before} to ${after}`);
    const go = (value) => {
      range.value = value;
      view.morph(value / 100);
    };
    range.oninput = () => go(Number(range.value));
    range.onkeydown = (event) => event.stopPropagation();
    const play = button("Play", "Move from one map to the other", () => {
      const [from, to] = Number(range.value) > 50 ? [100, 0] : [0, 100];
      const started = performance.now();
      const step = (now) => {
        const part = Math.min(1, (now - started) / 1600);
        go(Math.round(from + (to - from) * part * part * (3 - 2 * part)));
        if (part < 1 && box.isConnected) requestAnimationFrame(step);
      };
      requestAnimationFrame(step);
    });
    box.append(play, make("span", "", before), range, make("span", "", after));
    return box;
  }
}
