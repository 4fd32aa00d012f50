// Draws a matrix of up to a few thousand squares on a canvas: a click is answered at once, where a chart library takes a
// second to draw its axes anew. Few squares have their figures written in them. Foreign names are drawn as text or put into textContent, never read as markup.
const FONT_PX = 11;
const WRITTEN_FONT_PX = 13;
const LEAST_FONT_PX = 7;
const MOST_LABEL_PX = 150;
const LABEL_STEP_PX = 13;
const TITLE_PX = 18;
const states = new WeakMap();

function color(scale, share) {
  const place = Math.min(scale.length - 1, Math.round(share * (scale.length - 1)));
  return scale[place];
}

// Dark words on light squares and the other way round, by the brightness that eyes give red, green and blue.
function wordsOn(hex) {
  const [red, green, blue] = [1, 3, 5].map((place) => parseInt(hex.slice(place, place + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? "#0C1416" : "#FBFAF6";
}

function shortened(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  let end = text.length;
  while (end > 1 && context.measureText(`${text.slice(0, end)}…`).width > width) end -= 1;
  return `${text.slice(0, end)}…`;
}

// Where everything lies: labels to the left and slanted below, squares in between.
function layout(context, data, width, height) {
  const widest = (names) => Math.min(MOST_LABEL_PX, Math.max(...names.map((name) => context.measureText(name).width)));
  const left = TITLE_PX + widest(data.row_labels) + 6;
  const bottom = TITLE_PX + widest(data.column_labels) * 0.7 + 10;
  return {
    left,
    top: 4,
    width: Math.max(40, width - left - 8) / data.column_labels.length,
    height: Math.max(40, height - bottom - 4) / data.row_labels.length,
  };
}

function written(data, cell) {
  return data.written === "share" ? `${Math.round(cell[3])} %` : cell[2];
}

// The largest size at which all figures fit into their squares; 0 where none is readable.
function figureSize(context, data, at) {
  if (data.written === null) return 0;
  const widest = Math.max(1, ...data.cells.map((cell) => context.measureText(written(data, cell)).width));
  const size = Math.floor(Math.min(WRITTEN_FONT_PX, (WRITTEN_FONT_PX * (at.width - 3)) / widest, at.height - 2));
  return size >= LEAST_FONT_PX ? size : 0;
}

function drawGrid(context, data, at, line) {
  const [across, down] = [at.width * data.column_labels.length, at.height * data.row_labels.length];
  context.fillStyle = line;
  context.globalAlpha = 0.5;
  for (let row = 1; row < data.row_labels.length; row++) context.fillRect(at.left, Math.round(at.top + row * at.height), across, 1);
  for (let column = 1; column < data.column_labels.length; column++) {
    context.fillRect(Math.round(at.left + column * at.width), at.top, 1, down);
  }
  context.globalAlpha = 1;
}

function drawLabels(context, data, at) {
  const across = data.column_labels.length, down = data.row_labels.length;
  context.textBaseline = "middle";
  context.textAlign = "right";
  const everyRow = Math.max(1, Math.ceil(LABEL_STEP_PX / at.height));
  for (let row = 0; row < down; row += everyRow) {
    const words = shortened(context, data.row_labels[row], at.left - TITLE_PX - 6);
    context.fillText(words, at.left - 5, at.top + (row + 0.5) * at.height);
  }
  const everyColumn = Math.max(1, Math.ceil(LABEL_STEP_PX / at.width));
  const below = at.top + down * at.height + 6;
  for (let column = 0; column < across; column += everyColumn) {
    context.save();
    context.translate(at.left + (column + 0.5) * at.width, below);
    context.rotate(-Math.PI / 4);
    context.fillText(shortened(context, data.column_labels[column], MOST_LABEL_PX), 0, 0);
    context.restore();
  }
  context.textAlign = "center";
  context.fillText(data.sides[1], at.left + (across * at.width) / 2, context.canvas.clientHeight - TITLE_PX / 2);
  context.translate(TITLE_PX / 2, at.top + (down * at.height) / 2);
  context.rotate(-Math.PI / 2);
  context.fillText(data.sides[0], 0, 0);
}

function draw(state) {
  const { canvas, data } = state;
  const style = getComputedStyle(canvas);
  const width = canvas.parentElement.clientWidth, height = data.height, dense = window.devicePixelRatio || 1;
  if (!width) return;
  canvas.style.height = `${height}px`;
  [canvas.width, canvas.height] = [Math.round(width * dense), Math.round(height * dense)];
  const context = canvas.getContext("2d");
  context.setTransform(dense, 0, 0, dense, 0, 0);
  const font = data.written === null ? FONT_PX : WRITTEN_FONT_PX;
  context.font = `${font}px ${style.fontFamily}`;
  const at = layout(context, data, width, height);
  const read = (name) => style.getPropertyValue(name).trim();
  const scale = read("--st-chart-sequential-colors").split(",").map((each) => each.trim());
  if (data.written !== null) drawGrid(context, data, at, read("--st-border-color"));
  const figures = figureSize(context, data, at);
  context.font = `${figures}px ${style.fontFamily}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const cell of data.cells) {
    const [row, column, , , shade] = cell;
    const filled = color(scale, shade);
    context.fillStyle = filled;
    // Rounded outwards, so that no seams show between neighbors.
    const [x, y] = [Math.floor(at.left + column * at.width), Math.floor(at.top + row * at.height)];
    context.fillRect(x, y, Math.ceil(at.width), Math.ceil(at.height));
    if (!figures) continue;
    context.fillStyle = wordsOn(filled);
    context.fillText(written(data, cell), at.left + (column + 0.5) * at.width, at.top + (row + 0.5) * at.height);
  }
  context.strokeStyle = read("--st-border-color");
  context.strokeRect(at.left, at.top, at.width * data.column_labels.length, at.height * data.row_labels.length);
  if (data.marked) {
    context.strokeStyle = read("--st-chart-categorical-colors").split(",")[1];
    context.lineWidth = 3;
    const [row, column] = data.marked;
    context.strokeRect(at.left + column * at.width - 2, at.top + row * at.height - 2, at.width + 4, at.height + 4);
  }
  context.fillStyle = style.color;
  context.font = `${font}px ${style.fontFamily}`;
  drawLabels(context, data, at);
  canvas.squares = { ...at, cells: data.cells };
}

function cellAt(state, event) {
  const { left, top, width, height } = state.canvas.squares;
  const box = state.canvas.getBoundingClientRect();
  const row = Math.floor((event.clientY - box.top - top) / height);
  const column = Math.floor((event.clientX - box.left - left) / width);
  return state.data.cells.find((cell) => cell[0] === row && cell[1] === column);
}

function tell(state, event) {
  const cell = cellAt(state, event);
  state.canvas.style.cursor = cell ? "pointer" : "default";
  state.tip.classList.toggle("on", Boolean(cell));
  if (!cell) return;
  const [row, column, count, share] = cell;
  const { sides, noun, rows, columns } = state.data;
  const words = [
    `${sides[0].toLowerCase()}: ${rows[row]}`,
    `${sides[1].toLowerCase()}: ${columns[column]}`,
    `${count} ${count === "1" ? noun : `${noun}s`}, ${share} % of the row`,
  ];
  state.tip.replaceChildren(...words.map((line) => Object.assign(document.createElement("div"), { textContent: line })));
  const box = state.canvas.getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  state.tip.style.left = `${Math.max(0, x + 14 + state.tip.offsetWidth > box.width ? x - 14 - state.tip.offsetWidth : x + 14)}px`;
  state.tip.style.top = `${Math.max(0, y - 20)}px`;
}

function start(root) {
  const state = { canvas: root.querySelector("canvas"), tip: root.querySelector(".tip") };
  state.canvas.onmousemove = (event) => state.data && tell(state, event);
  state.canvas.onmouseleave = () => state.tip.classList.remove("on");
  state.canvas.onclick = (event) => {
    const cell = cellAt(state, event);
    if (cell) state.send("clicked", { row: cell[0], column: cell[1], at: Date.now() });
  };
  state.watch = new ResizeObserver(() => state.data && draw(state));
  state.watch.observe(root);
  return state;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  const state = states.get(root) || start(root);
  states.set(root, state);
  Object.assign(state, { data, send: setTriggerValue });
  state.canvas.setAttribute("aria-label", data.label);
  draw(state);
  return () => {
    state.watch.disconnect();
    states.delete(root);
  };
}
