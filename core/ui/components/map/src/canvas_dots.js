// The points drawn by this processor into a picture: at once, while deck.gl is on its way, and for good in a browser without WebGL 2.
import { reach } from "./shapes.js";

const MOST_DENSE = 2;

// How much of each pixel around its middle a dot covers, as the shader of dots.js says it.
function stamp(shape, radius, ring) {
  const edge = radius + ring;
  const far = Math.ceil(edge + 0.5);
  const found = [];
  for (let down = -far; down <= far; down += 1) {
    for (let right = -far; right <= far; right += 1) {
      const away = reach(shape, right, down, edge);
      const inner = ring ? Math.min(1, Math.max(0, away - (edge - ring) + 0.5)) : 1;
      const cover = Math.min(1, Math.max(0, edge - away + 0.5)) * inner;
      if (cover > 0) found.push(right, down, cover);
    }
  }
  return Float32Array.from(found);
}

// Dots as a camera sees them, on a canvas of width x height CSS pixels, so many dots of the canvas to each.
export function paintDots(node, { points, rings, radius, ink, paper }, { camera, width, height, dense }) {
  [node.width, node.height] = [width, height].map((side) => Math.round(side * dense));
  const context = node.getContext("2d", { willReadFrequently: true }); // kept by the processor: waits for no graphics process
  const picture = context.createImageData(node.width, node.height);
  new Uint32Array(picture.data.buffer).fill(new Uint32Array(Uint8Array.of(...paper, 255).buffer)[0]);
  const { getPosition, getFillColor, getShape } = points.attributes;
  const look = { camera, dense };
  stampAll(picture, getPosition.value, { ...look, colors: getFillColor.value, shapes: getShape?.value, radius, ring: 0 });
  const marked = Uint8Array.from({ length: rings.length * 4 }, (_, place) => (place % 4 < 3 ? ink[place % 4] : 255));
  stampAll(picture, rings.attributes.getPosition.value, { ...look, colors: marked, radius: radius + 1.5, ring: 1.5 });
  context.putImageData(picture, 0, 0);
}

function stampAll({ data, width, height }, places, { camera, dense, colors, shapes, radius, ring }) {
  const scale = 2 ** camera.zoom * dense;
  const [left, top] = [width / 2 - camera.target[0] * scale, height / 2 + camera.target[1] * scale];
  const stamps = new Map();
  for (let row = 0; row * 3 < places.length; row += 1) {
    const weight = colors[row * 4 + 3] / 255;
    const x = Math.floor(left + places[row * 3] * scale);
    const y = Math.floor(top - places[row * 3 + 1] * scale);
    if (!weight || x < 0 || y < 0 || x >= width || y >= height) continue;
    const shape = shapes ? shapes[row] : 0;
    if (!stamps.has(shape)) stamps.set(shape, stamp(shape, radius * dense, ring * dense));
    const dot = stamps.get(shape);
    for (let part = 0; part < dot.length; part += 3) {
      const [across, down] = [x + dot[part], y + dot[part + 1]];
      if (across < 0 || across >= width || down < 0 || down >= height) continue;
      const at = (down * width + across) * 4;
      const cover = dot[part + 2] * weight;
      data[at] += (colors[row * 4] - data[at]) * cover;
      data[at + 1] += (colors[row * 4 + 1] - data[at + 1]) * cover;
      data[at + 2] += (colors[row * 4 + 2] - data[at + 2]) * cover;
    }
  }
}

export class CanvasDots {
  // Nothing here hears the pointer: gestures.js moves the camera.
  moves = false;

  constructor(stage, { onDrawn }) {
    this.onDrawn = onDrawn;
    this.node = document.createElement("canvas");
    this.node.className = "points";
    stage.prepend(this.node);
    this.dense = Math.min(window.devicePixelRatio || 1, MOST_DENSE);
  }

  look(camera) {
    this.camera = camera;
  }

  show(what) {
    this.what = what;
    cancelAnimationFrame(this.waiting);
    this.waiting = requestAnimationFrame(() => this.draw());
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.node;
    if (!width || !height) return;
    paintDots(this.node, this.what, { camera: this.camera, width, height, dense: this.dense });
    this.onDrawn();
  }

  stop() {
    cancelAnimationFrame(this.waiting);
    this.node.remove();
  }
}
