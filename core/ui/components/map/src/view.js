// One map: its data, its camera, what is isolated, found and selected; panels and pointer work on it.
import { decodeLoop, encodeLoop, members, shorts, bytes, SPAN } from "./encoding.js";
import { paletteOf, pointColors, rgb } from "./colors.js";
import { PointGrid, insideLoop, simplifiedLoop } from "./pointing.js";
import { CanvasDots } from "./canvas_dots.js";
import { wholeMap } from "./camera.js";
import { LARGER } from "./shapes.js";
import { densityContours, drawOverlay, namePlaces } from "./overlay.js";

const SETTLED_MS = 180;
const MOST_RINGS = 5000;

export class MapView {
  constructor(stage, { tell }) {
    this.stage = stage;
    this.tell = tell;
    this.overlay = document.createElement("canvas");
    this.overlay.className = "overlay";
    stage.append(this.overlay);
    this.pen = this.overlay.getContext("2d", { willReadFrequently: true }); // waits for no graphics process, see canvas_dots.js
    this.only = new Set();
    this.withNames = true;
    this.at = 0;
    this.listeners = [];
    this.drawings = [new CanvasDots(stage, { onDrawn: () => this.dotsDrawn() })];
    this.handOver = () => this.startDeck();
    document.addEventListener("shelflens-map-drawing", this.handOver);
    this.watcher = new ResizeObserver(() => this.resize());
    this.watcher.observe(stage);
  }

  // What is on screen; behind it may wait what takes over once it has drawn.
  get drawing() {
    return this.drawings[0];
  }

  say(what) {
    for (const listener of this.listeners) listener(what);
  }

  // deck.gl starts when the first dots are on the screen, two frames after they were drawn, not before.
  dotsDrawn() {
    if (this.unable) this.say("drawn");
    this.dots ??= requestAnimationFrame(() => requestAnimationFrame(() => {
      this.dotsOnScreen = true;
      this.say("shown");
      this.startDeck();
    }));
  }

  startDeck() {
    if (this.stopped) return;
    const Drawing = globalThis.shelflensMapDrawing;
    if (!Drawing || !this.dotsOnScreen || this.drawings.length > 1 || this.drawing.moves || this.unable) return;
    if (!Drawing.works()) return this.stayWithDots();
    const deck = new Drawing(this.stage, {
      onMove: (camera) => this.move(camera),
      onLost: () => this.recover(),
      onError: (error) => this.report(error),
      onDrawn: () => {
        for (const earlier of this.drawings.splice(0, this.drawings.indexOf(deck))) earlier.stop();
        this.say("drawn");
      },
    });
    this.drawings.push(deck);
    deck.look(this.camera);
    this.draw();
  }

  stayWithDots() {
    for (const drawing of this.drawings.splice(1)) drawing.stop();
    this.unable = true;
    this.say("unable");
    this.say("drawn");
  }

  // Another coloring of the same points keeps the camera and what is selected.
  load(data) {
    const moved = this.data?.places !== data.places;
    this.data = data;
    this.only = new Set((data.only ?? []).filter((code) => code < data.kinds.length));
    this.codes = bytes(data.codes);
    this.second = data.second ? bytes(data.second) : null;
    this.shapes = data.shapes ? bytes(data.shapes) : null;
    this.shapeValues = this.shapes && Float32Array.from(this.shapes);
    this.colors = new Uint8Array(this.codes.length * 4);
    if (moved) {
      [this.from, this.to] = [shorts(data.xy), data.xy_after ? shorts(data.xy_after) : null];
      this.at = data.at ?? 0;
      this.selected = this.found = this.loop = null;
      this.camera = null;
      this.mix();
    }
    this.width = this.height = 0;
    this.resize();
    this.recolor();
    this.describe();
  }

  // Points on their way from one map to the other; quantized positions stay whole numbers.
  mix() {
    const count = this.from.length / 2;
    if (!this.to || this.at === 0) this.xy = this.from;
    else {
      this.xy = new Uint16Array(this.from.length);
      for (let place = 0; place < this.xy.length; place += 1) this.xy[place] = Math.floor(this.from[place] + (this.to[place] - this.from[place]) * this.at + 0.5);
    }
    this.positions = new Float32Array(count * 3);
    for (let row = 0; row < count; row += 1) {
      this.positions[row * 3] = this.xy[row * 2];
      this.positions[row * 3 + 1] = this.xy[row * 2 + 1];
    }
    this.grid = new PointGrid(this.xy);
  }

  morph(at) {
    this.at = at;
    this.loop = null;
    this.mix();
    this.describe();
    this.renew();
    this.settleSoon();
    this.changed();
  }

  // The graphics card gets points anew only when they changed, never for a move of the camera.
  renew() {
    if (!this.colors) return;
    this.points = {
      length: this.codes.length,
      attributes: { getPosition: { value: this.positions, size: 3 }, getFillColor: { value: this.colors, size: 4, normalized: true } },
    };
    if (this.shapeValues) this.points.attributes.getShape = { value: this.shapeValues, size: 1 };
    const rows = this.found ? this.rows((row) => this.found[row] && this.shown(row)).slice(0, MOST_RINGS) : [];
    const ringed = new Float32Array(rows.length * 3);
    rows.forEach((row, place) => ringed.set(this.positions.subarray(row * 3, row * 3 + 3), place * 3));
    this.rings = { length: rows.length, attributes: { getPosition: { value: ringed, size: 3 } } };
    this.draw();
  }

  describe() {
    this.names = this.withNames && !this.data.ramp ? namePlaces(this.xy, this.codes, this.data.kinds) : null;
    this.contours = this.withContours ? densityContours(this.xy, this.rows((row) => this.shown(row))) : null;
    this.drawOver();
  }

  rows(wanted) {
    const found = [];
    for (let row = 0; row < this.codes.length; row += 1) if (wanted(row)) found.push(row);
    return found;
  }

  shown(row) {
    return !this.only.size || this.only.has(this.codes[row]);
  }

  isolate(code, adding) {
    const alone = this.only.size === 1 && this.only.has(code);
    if (adding) this.only.has(code) ? this.only.delete(code) : this.only.add(code);
    else this.only = alone ? new Set() : new Set([code]);
    this.recolor();
    this.describe();
    this.changed();
  }

  recolor() {
    this.palette = paletteOf(this.stage, this.data);
    pointColors(this.colors, {
      codes: this.codes, palette: this.palette, second: this.second, shown: (row) => this.shown(row), lit: this.found ?? this.selected,
    });
    this.renew();
  }

  find(text) {
    this.found = text ? members(text, this.codes.length) : null;
    this.recolor();
  }

  select(text) {
    this.selected = text ? members(text, this.codes.length) : null;
    if (!text) this.loop = null;
    this.recolor();
    this.drawOver();
  }

  // What a loop holds is shown at once; Python counts the same points among all products, drawn or not.
  selectLoop(corners) {
    const whole = corners.map((corner) => corner.map((value) => Math.min(SPAN, Math.max(0, Math.round(value)))));
    this.loop = simplifiedLoop(whole);
    if (this.loop.length < 3) return;
    this.selected = insideLoop(this.xy, this.loop);
    for (let row = 0; row < this.selected.length; row += 1) if (!this.shown(row)) this.selected[row] = 0;
    this.recolor();
    this.drawOver();
    this.tell("selection", { loop: encodeLoop(this.loop), only: [...this.only], at: this.at });
  }

  clear() {
    this.only = new Set();
    this.found = this.selected = this.loop = null;
    this.recolor();
    this.describe();
    this.tell("selection", null);
    this.changed();
  }

  showLoop(text) {
    this.loop = text ? decodeLoop(text) : null;
    this.drawOver();
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    if (!this.data || !width || !height || (width === this.width && height === this.height)) return;
    const kept = this.camera && this.width ? this.camera.zoom - wholeMap(this.width, this.height).zoom : null;
    [this.width, this.height] = [width, height];
    const dots = window.devicePixelRatio || 1;
    [this.overlay.width, this.overlay.height] = [width * dots, height * dots];
    this.pen.setTransform(dots, 0, 0, dots, 0, 0);
    const whole = wholeMap(width, height);
    if (!this.camera && this.data.view) {
      const [x, y, zoom] = this.data.view;
      this.look({ target: [x, y], zoom: whole.zoom + zoom });
    } else if (this.camera) this.look({ target: this.camera.target, zoom: kept === null ? this.camera.zoom : whole.zoom + kept });
    else this.look(whole);
  }

  fit() {
    this.move(wholeMap(this.width, this.height));
  }

  zoomBy(steps) {
    this.move({ ...this.camera, zoom: this.camera.zoom + steps });
  }

  // What lies under a place on screen stays there.
  zoomAt([x, y], steps) {
    const held = this.toMap(x, y);
    this.look({ ...this.camera, zoom: this.camera.zoom + steps });
    const now = this.toMap(x, y);
    const [left, top] = this.camera.target;
    this.move({ ...this.camera, target: [left + held[0] - now[0], top + held[1] - now[1]] });
  }

  panBy(right, down) {
    const scale = 2 ** this.camera.zoom;
    const [x, y] = this.camera.target;
    this.move({ ...this.camera, target: [x + right / scale, y - down / scale] });
  }

  move(camera) {
    this.look(camera);
    this.settleSoon();
    this.changed();
  }

  look({ target, zoom }) {
    const least = wholeMap(this.width, this.height).zoom - 1.5;
    const inside = (value) => Math.min(SPAN * 1.2, Math.max(-SPAN * 0.2, value));
    this.camera = { target: [inside(target[0]), inside(target[1])], zoom: Math.min(least + 13, Math.max(least, zoom)) };
    for (const drawing of this.drawings) drawing.look(this.camera);
    this.draw();
    this.drawOver();
    this.say("moved");
  }

  settleSoon() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.say("settled"), SETTLED_MS);
  }

  // What a link needs to show the same: relative to the whole map, so that it fits every window.
  changed() {
    clearTimeout(this.telling);
    this.telling = setTimeout(() => {
      if (this.camera) this.tell("view", { view: this.viewWords(), only: [...this.only], at: this.at });
    }, 700);
  }

  viewWords() {
    const zoom = this.camera.zoom - wholeMap(this.width, this.height).zoom;
    const [x, y] = this.camera.target;
    const moved = Math.abs(zoom) > 0.01 || Math.abs(x - SPAN / 2) > 50 || Math.abs(y - SPAN / 2) > 50;
    return moved ? [Math.round(x), Math.round(y), Math.round(zoom * 100) / 100] : null;
  }

  toScreen([x, y]) {
    const scale = 2 ** this.camera.zoom;
    return [(x - this.camera.target[0]) * scale + this.width / 2, (this.camera.target[1] - y) * scale + this.height / 2];
  }

  toMap(x, y) {
    const scale = 2 ** this.camera.zoom;
    return [(x - this.width / 2) / scale + this.camera.target[0], this.camera.target[1] - (y - this.height / 2) / scale];
  }

  inView(most) {
    const [left, top] = this.toMap(0, 0);
    const [right, bottom] = this.toMap(this.width, this.height);
    const found = [];
    this.grid.inBox(left, bottom, right, top, (row) => {
      if (this.shown(row) && !(this.found && !this.found[row])) found.push(row);
      return found.length <= most;
    });
    return found;
  }

  radius() {
    const near = this.camera ? this.camera.zoom - wholeMap(this.width, this.height).zoom : 0;
    const base = Math.min(4.5, Math.max(1.4, 420 / Math.sqrt(this.codes.length))) * (this.shapes ? LARGER : 1);
    return base * Math.min(3.5, 2 ** (Math.max(0, near) * 0.4)) * (this.presenting ? 1.3 : 1);
  }

  draw() {
    if (!this.points || !this.width) return;
    for (const drawing of this.drawings) drawing.show(this.dotsAsSeen());
  }

  dotsAsSeen() {
    const css = getComputedStyle(this.stage);
    const [ink, paper] = ["--st-text-color", "--st-background-color"].map((name) => rgb(css.getPropertyValue(name)));
    return { points: this.points, rings: this.rings, radius: this.radius(), ink, paper };
  }

  style() {
    const css = getComputedStyle(this.stage);
    const size = this.presenting ? 22 : 13;
    return {
      ink: css.getPropertyValue("--st-text-color"), paper: css.getPropertyValue("--st-background-color"),
      accent: css.getPropertyValue("--st-primary-color"), font: `600 ${size}px ${css.fontFamily}`,
    };
  }

  drawOver() {
    if (!this.camera || !this.width) return;
    this.pen.clearRect(0, 0, this.width, this.height);
    drawOverlay(this.pen, this, this.style());
  }

  recover() {
    this.say("lost");
    clearTimeout(this.recovering);
    this.recovering = setTimeout(() => {
      for (const drawing of this.drawings) drawing.restart?.();
      this.draw();
      this.say("back");
    }, 400);
  }

  report(error) {
    console.warn("the map could not be drawn:", error);
    if (!this.drawing.moves) this.stayWithDots();
  }

  stop() {
    for (const timer of [this.settling, this.telling, this.recovering]) clearTimeout(timer);
    this.stopped = true;
    document.removeEventListener("shelflens-map-drawing", this.handOver);
    this.watcher.disconnect();
    for (const drawing of this.drawings) drawing.stop();
  }
}
