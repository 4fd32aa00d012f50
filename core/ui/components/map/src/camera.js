// Where a map looks: a middle, and a zoom of which one step doubles the size.
import { SPAN } from "./encoding.js";

const FILL = 0.98;

export function wholeMap(width, height) {
  const side = Math.max(120, Math.min(width, height));
  return { target: [SPAN / 2, SPAN / 2], zoom: Math.log2((side * FILL) / SPAN) };
}
