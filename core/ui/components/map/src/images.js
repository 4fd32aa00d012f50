// The map as it is looked at now, as a picture file: PNG as drawn, SVG with every point a vector.
import { SIGNS, outline } from "./shapes.js";
import { drawOverlay, placedNames, shortName } from "./overlay.js";
import { paintDots } from "./canvas_dots.js";

const LEAST_DENSE = 2; // sharp on a slide, whatever the screen
const TITLE_PX = 34;
const LEGEND_PX = 210;
const LINE_PX = 22;
const MOST_STRENGTH = 10; // steps of strength a drawing tells apart
const STRENGTHS = 255 / MOST_STRENGTH;

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function legendLines(view) {
  const shapes = view.data.shapes ? [{ words: view.data.shapes_by }, ...view.data.shape_kinds.map((kind, shape) => ({ words: `${SIGNS[shape]}  ${shortName(kind.name)}` }))] : [];
  const stronger = view.data.second_by ? [{ words: `stronger: more ${view.data.second_by}` }] : [];
  return [...colorLines(view), ...stronger, ...shapes];
}

function colorLines(view) {
  if (view.data.ramp) return view.data.ramp.ticks.map((tick) => ({ words: tick.words, color: view.palette[tick.code] }));
  return view.data.kinds.map((kind, code) => ({ words: `${shortName(kind.name)}  ${kind.count.toLocaleString("en")}`, color: view.palette[code], code })).filter(({ code }) => !view.only.size || view.only.has(code));
}

// Where everything stands: the title on top, the map, and the legend beside it, however long.
function layout(view) {
  const lines = [{ words: view.data.by }, ...legendLines(view)];
  const height = Math.max(view.height, LINE_PX * (lines.length + 1));
  return { lines, width: view.width + LEGEND_PX, height: TITLE_PX + height };
}

export function savePng(view) {
  const scale = Math.max(LEAST_DENSE, window.devicePixelRatio || 1);
  const { lines, width, height } = layout(view);
  const dots = document.createElement("canvas");
  paintDots(dots, view.dotsAsSeen(), { camera: view.camera, width: view.width, height: view.height, dense: scale });
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width * scale, height * scale];
  const context = canvas.getContext("2d");
  const style = view.style();
  context.fillStyle = style.paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(dots, 0, TITLE_PX * scale);
  context.scale(scale, scale);
  context.font = style.font;
  context.textBaseline = "middle";
  context.fillStyle = style.ink;
  context.fillText(view.data.title, 10, TITLE_PX / 2, width - 20);
  context.translate(0, TITLE_PX);
  lines.forEach(({ words, color }, place) => {
    const y = LINE_PX * (place + 0.8);
    context.fillStyle = color ? `rgb(${color.join(" ")})` : style.ink;
    if (color) context.fillRect(view.width + 10, y - 6, 12, 12);
    context.fillStyle = style.ink;
    context.fillText(words, view.width + (color ? 30 : 10), y, LEGEND_PX - 34);
  });
  context.beginPath();
  context.rect(0, 0, view.width, view.height);
  context.clip();
  drawOverlay(context, view, style);
  canvas.toBlob((blob) => blob && save(blob, `${view.data.file}.png`), "image/png");
}

const escaped = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);

export function svgText(view) {
  const { ink, paper } = view.style();
  const { lines, width, height } = layout(view);
  const paths = new Map();
  const faint = view.found ?? view.selected;
  for (let row = 0; row < view.codes.length; row += 1) {
    if (!view.shown(row)) continue;
    const [x, y] = view.toScreen([view.xy[row * 2], view.xy[row * 2 + 1]]);
    if (x < 0 || y < 0 || x > view.width || y > view.height) continue;
    const shape = view.shapes ? view.shapes[row] : 0;
    const strength = view.second ? Math.round(view.second[row] / STRENGTHS) : MOST_STRENGTH;
    const key = `${faint && !faint[row] ? 1 : 0} ${view.codes[row]} ${shape} ${strength}`;
    if (!paths.has(key)) paths.set(key, []);
    paths.get(key).push(outline(shape, x, y, view.radius()));
  }
  const dots = [...paths].map(([key, moves]) => {
    const [dim, code, shape, strength] = key.split(" ").map(Number);
    const drawn = view.second ? 0.12 + (0.88 * strength) / MOST_STRENGTH : 0.85; // as colors.js draws it
    const [color, weight] = [`rgb(${view.palette[code].join(",")})`, (drawn * (dim ? 0.12 : 1)).toFixed(2)];
    if (shape === 0) return `<path d="${moves.join("")}" stroke="${color}" stroke-opacity="${weight}"/>`;
    if (shape === 5) return `<path d="${moves.join("")}" stroke="${color}" stroke-opacity="${weight}" stroke-width="${(view.radius() * 0.56).toFixed(1)}"/>`;
    return `<path d="${moves.join("")}" fill="${color}" fill-opacity="${weight}" stroke="none"/>`;
  });
  const rings = (view.contours ?? []).flat().map((ring) => `<path d="M${ring.map((corner) => view.toScreen(corner).map((value) => value.toFixed(1)).join(" ")).join("L")}Z" stroke="${escaped(ink)}" stroke-opacity=".4"/>`);
  const names = view.names ? placedNames(view, (text) => text.length * 7.5).map(({ text, x, y }) => `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="middle">${escaped(text)}</text>`) : [];
  const legend = lines.map(({ words, color }, place) => {
    const square = color ? `<rect x="${view.width + 10}" y="${LINE_PX * (place + 0.8) - 6}" width="12" height="12" fill="rgb(${color.join(",")})"/>` : "";
    return `${square}<text x="${view.width + (color ? 30 : 10)}" y="${LINE_PX * (place + 0.8) + 4}" font-weight="${place ? 400 : 600}">${escaped(words)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13" font-weight="600" fill="${escaped(ink.trim())}">`,
    `<rect width="100%" height="100%" fill="${escaped(paper.trim())}"/>`,
    `<text x="10" y="${TITLE_PX / 2 + 4}">${escaped(view.data.title)}</text><g transform="translate(0 ${TITLE_PX})">`,
    `<g fill="none" stroke-linecap="round" stroke-width="${(view.radius() * 2).toFixed(1)}">${dots.join("")}</g>`,
    `<g fill="none">${rings.join("")}</g>`,
    `<g stroke="${escaped(paper.trim())}" stroke-width="3" paint-order="stroke">${names.join("")}</g>`,
    `${legend.join("")}</g></svg>`,
  ].join("\n");
}

export function saveSvg(view) {
  save(new Blob([svgText(view)], { type: "image/svg+xml" }), `${view.data.file}.svg`);
}
