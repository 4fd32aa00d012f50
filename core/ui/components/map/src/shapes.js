// The shapes a dot may have, as dots.js draws them: signs for the legend, outlines for a drawing.
export const SIGNS = ["\u25cf", "\u25a0", "\u25b2", "\u25c6", "\u271a", "\u25cb"];
export const LARGER = 1.4; // a shape needs more room than a round dot to be told apart

const POLYGONS = [
  null,
  [[-0.88, -0.88], [0.88, -0.88], [0.88, 0.88], [-0.88, 0.88]],
  [[0, -1], [1, 0.6], [-1, 0.6]],
  [[0, -1.1], [1.1, 0], [0, 1.1], [-1.1, 0]],
  [[-0.34, -1], [0.34, -1], [0.34, -0.34], [1, -0.34], [1, 0.34], [0.34, 0.34], [0.34, 1], [-0.34, 1], [-0.34, 0.34], [-1, 0.34], [-1, -0.34], [-0.34, -0.34]],
];

// A path around one dot; a round one is a line of no length with round ends, a ring two half circles.
export function outline(shape, x, y, radius) {
  const at = (value) => value.toFixed(1);
  const polygon = POLYGONS[shape];
  if (polygon) return `M${polygon.map(([right, down]) => `${at(x + right * radius)} ${at(y + down * radius)}`).join("L")}Z`;
  if (shape !== 5) return `M${at(x)} ${at(y)}h0`;
  const half = radius * 0.72;
  return `M${at(x - half)} ${at(y)}a${at(half)} ${at(half)} 0 1 0 ${at(2 * half)} 0a${at(half)} ${at(half)} 0 1 0 ${at(-2 * half)} 0`;
}

// How far a place is from the middle of its shape, in pixels; the edge of every shape is at edge. The shader of dots.js says the same.
export function reach(shape, right, down, edge) {
  const [x, y] = [Math.abs(right), Math.abs(down)];
  if (shape === 1) return Math.max(x, y) * 1.13;
  if (shape === 2) return Math.max(down + edge * 0.4, x * 0.85 - down * 0.53 + edge * 0.47);
  if (shape === 3) return (x + y) * 0.9;
  if (shape === 4) return edge + Math.min(Math.max(x - edge, y - edge * 0.34), Math.max(x - edge * 0.34, y - edge));
  if (shape === 5) return edge + Math.abs(Math.hypot(x, y) - edge * 0.72) - edge * 0.28;
  return Math.hypot(x, y);
}
