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
