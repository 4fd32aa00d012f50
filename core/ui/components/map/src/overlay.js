// What is drawn over the points: contours of density, names of kinds, the loop being drawn.
import { contourDensity } from "d3-contour";
import { SPAN, UNKNOWN } from "./encoding.js";

const BINS = 40;

// Where each kind is densest: the mean of its points in the fullest 3 x 3 cells.
export function namePlaces(xy, codes, kinds) {
  const counts = kinds.map(() => new Uint32Array(BINS * BINS));
  const cell = (value) => Math.min(BINS - 1, Math.floor((value / (SPAN + 1)) * BINS));
  for (let row = 0; row < codes.length; row += 1) {
    if (codes[row] < kinds.length) counts[codes[row]][cell(xy[row * 2]) + BINS * cell(xy[row * 2 + 1])] += 1;
  }
  const centers = counts.map(fullest);
  const sums = kinds.map(() => [0, 0, 0]);
  for (let row = 0; row < codes.length; row += 1) {
    const code = codes[row];
    if (code >= kinds.length) continue;
    const [x, y] = [xy[row * 2], xy[row * 2 + 1]];
    if (Math.abs(cell(x) - centers[code][0]) > 1 || Math.abs(cell(y) - centers[code][1]) > 1) continue;
    sums[code][0] += x;
    sums[code][1] += y;
    sums[code][2] += 1;
  }
  return sums.map(([x, y, count]) => (count ? [x / count, y / count] : null));
}

function fullest(counts) {
  let [best, most] = [[0, 0], -1];
  for (let y = 0; y < BINS; y += 1) {
    for (let x = 0; x < BINS; x += 1) {
      let sum = 0;
      for (let up = Math.max(0, y - 1); up <= Math.min(BINS - 1, y + 1); up += 1) {
        for (let right = Math.max(0, x - 1); right <= Math.min(BINS - 1, x + 1); right += 1) sum += counts[right + BINS * up];
      }
      if (sum > most) [best, most] = [[x, y], sum];
    }
  }
  return best;
}

export function densityContours(xy, rows) {
  return contourDensity()
    .x((row) => (xy[row * 2] / SPAN) * 1000)
    .y((row) => (xy[row * 2 + 1] / SPAN) * 1000)
    .size([1000, 1000])
    .cellSize(8)
    .bandwidth(16)
    .thresholds(8)(rows)
    .map((level) => level.coordinates.flatMap((polygon) => polygon.map((ring) => ring.map(([x, y]) => [(x / 1000) * SPAN, (y / 1000) * SPAN]))));
}

// Names that fit, the most frequent kinds first; one that would cover another is left out.
export function placedNames(view, measure) {
  const taken = [];
  const found = [];
  for (const [code, kind] of view.data.kinds.entries()) {
    const at = view.names[code];
    if (!at || kind.rest || code >= UNKNOWN || (view.only.size && !view.only.has(code))) continue;
    const [x, y] = view.toScreen(at);
    const text = shortName(kind.name);
    const half = measure(text) / 2 + 4;
    const box = [x - half, y - 10, x + half, y + 10];
    const off = box[0] < 0 || box[1] < 0 || box[2] > view.width || box[3] > view.height;
    if (off || taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) continue;
    taken.push(box);
    found.push({ text, x, y, code });
  }
  return found;
}

export function shortName(name) {
  const last = name.split(" > ").pop();
  return last.length > 28 ? `${last.slice(0, 27)}…` : last;
}

export function drawOverlay(context, view, { ink, paper, accent, font }) {
  if (view.contours) {
    context.strokeStyle = ink;
    view.contours.forEach((rings, level) => {
      context.globalAlpha = 0.18 + (0.5 * level) / view.contours.length;
      for (const ring of rings) path(context, ring.map((corner) => view.toScreen(corner)), true);
    });
    context.globalAlpha = 1;
  }
  if (view.loop) {
    context.strokeStyle = accent;
    context.lineWidth = 2;
    path(context, view.loop.map((corner) => view.toScreen(corner)), true);
    context.lineWidth = 1;
  }
  if (!view.names) return;
  context.font = font;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  for (const { text, x, y } of placedNames(view, (words) => context.measureText(words).width)) {
    context.strokeStyle = paper;
    context.lineWidth = 4;
    context.strokeText(text, x, y);
    context.lineWidth = 1;
    context.fillStyle = ink;
    context.fillText(text, x, y);
  }
}

function path(context, corners, closed) {
  context.beginPath();
  corners.forEach(([x, y], place) => (place ? context.lineTo(x, y) : context.moveTo(x, y)));
  if (closed) context.closePath();
  context.stroke();
}
