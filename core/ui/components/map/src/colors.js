// Colors of kinds and of numbers, from the theme of the page around.
import { UNKNOWN } from "./encoding.js";

const GRAY = [138, 148, 150];
const DIM = 0.1;

export function rgb(words) {
  const text = words.trim();
  const hex = /^#([0-9a-f]{3,8})$/i.exec(text)?.[1];
  if (hex) {
    const digits = hex.length < 6 ? [...hex].map((digit) => digit + digit).join("") : hex;
    return [0, 2, 4].map((from) => parseInt(digits.slice(from, from + 2), 16));
  }
  const numbers = text.match(/[\d.]+/g);
  return numbers && numbers.length >= 3 ? numbers.slice(0, 3).map(Number) : GRAY;
}

function themed(root, name) {
  return getComputedStyle(root).getPropertyValue(name).split(/,(?![^(]*\))/).filter((part) => part.trim()).map(rgb);
}

// Beyond the colors of the theme, the same ones lighter and darker.
function kindColor(base, place) {
  const color = base[place % base.length] ?? GRAY;
  const round = Math.floor(place / base.length) % 3;
  const target = round === 1 ? 255 : 0;
  return round === 0 ? color : color.map((part) => Math.round(part + (target - part) * 0.42));
}

// One color a code, 256 of them; the last stands for what is unknown.
export function paletteOf(root, data) {
  const kinds = themed(root, "--st-chart-categorical-colors");
  const ramp = themed(root, "--st-chart-sequential-colors").slice(2);
  const colors = new Array(256).fill(GRAY);
  if (data.ramp) {
    for (let code = 0; code < UNKNOWN; code += 1) {
      const at = (code / (UNKNOWN - 1)) * (ramp.length - 1);
      const from = Math.min(Math.floor(at), ramp.length - 2);
      colors[code] = ramp[from].map((part, band) => Math.round(part + (ramp[from + 1][band] - part) * (at - from)));
    }
    return colors;
  }
  data.kinds.forEach((kind, place) => {
    if (kind.color) colors[place] = rgb(kind.color);
    else if (!kind.rest) colors[place] = kindColor(kinds, place);
  });
  return colors;
}

// RGBA of every point: hidden kinds vanish, and where something is selected or found the others step back.
export function pointColors(target, { codes, palette, second, shown, lit }) {
  for (let row = 0; row < codes.length; row += 1) {
    const color = palette[codes[row]];
    const weight = second ? 0.12 + (0.88 * second[row]) / 255 : 0.85;
    target[row * 4] = color[0];
    target[row * 4 + 1] = color[1];
    target[row * 4 + 2] = color[2];
    target[row * 4 + 3] = shown(row) ? Math.round(255 * weight * (lit && !lit[row] ? DIM : 1)) : 0;
  }
  return target;
}
