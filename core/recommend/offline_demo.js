"use strict";
const COLORS = { visual: "#0f8f84", color: "#d97706", price: "#7c5cc4", category: "#3b7dd8", brand: "#b4487c", popularity: "#5f8a2a", freshness: "#c2b13a", text: "#8a9496" };
const SHOWN = 24;
const MOST_WEIGHT = 2;
const data = JSON.parse(document.getElementById("data").textContent);
const names = Object.keys(data.parts);
const count = data.products.length;
const tables = Object.fromEntries(names.map((name) => [name, unpacked(data.parts[name])]));
const weights = { ...data.weights };
let query = -1;

function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Uint16Array.from({ length: bytes.length / 2 }, (_, place) => view.getUint16(2 * place, true));
}

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined && text !== null) node.textContent = text;
  return node;
}

// The weighted mean of the parts that exist; null where none of the weighted parts does.
function scored(candidate) {
  let sum = 0;
  let total = 0;
  const pieces = [];
  for (const name of names) {
    const kept = tables[name][query * count + candidate];
    if (kept === 0 || weights[name] === 0) continue;
    const value = (kept - 1) / data.steps;
    sum += value * weights[name];
    total += weights[name];
    pieces.push({ name, value, points: value * weights[name] });
  }
  return total > 0 ? { candidate, score: sum / total, pieces, total } : null;
}

function ranked() {
  const found = [];
  for (let candidate = 0; candidate < count; candidate += 1) {
    const match = candidate === query ? null : scored(candidate);
    if (match) found.push(match);
  }
  return found.sort((one, two) => two.score - one.score || one.candidate - two.candidate).slice(0, SHOWN);
}

function bar(match) {
  const node = make("div", "bar");
  const words = match.pieces.map((piece) => `${piece.name} ${piece.value.toFixed(2)}`).join(", ");
  node.title = words;
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", `parts of the score: ${words}`);
  for (const piece of match.pieces) {
    const part = make("span");
    part.style.width = `${(100 * piece.points) / match.total}%`;
    part.style.background = COLORS[piece.name];
    node.append(part);
  }
  return node;
}

function card(place, match) {
  const product = data.products[place];
  const button = make("button", "card");
  button.type = "button";
  button.dataset.product = product.id;
  button.onclick = () => choose(place);
  if (product.picture) {
    const image = make("img");
    image.src = product.picture;
    image.alt = "";
    button.append(image);
  } else {
    button.append(make("span", "none", "no picture"));
  }
  const text = make("div");
  text.append(make("div", "title", product.title));
  if (match) text.append(bar(match));
  const facts = [product.price, product.category && product.category.split(" > ").pop()];
  if (match) facts.unshift(`score ${match.score.toFixed(3)}`);
  text.append(make("div", "facts", facts.filter(Boolean).join(" · ")));
  button.append(text);
  return button;
}

function fill(cards, empty) {
  const grid = document.getElementById("grid");
  grid.replaceChildren(
    ...cards.map((each) => {
      const item = make("li");
      item.append(each);
      return item;
    }),
  );
  if (!cards.length) grid.append(make("li", "empty", empty));
}

function draw() {
  const about = document.getElementById("about");
  const box = document.getElementById("query");
  if (query < 0) {
    const words = document.getElementById("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (product) => {
      const text = `${product.title} ${product.category ?? ""} ${product.id}`.toLowerCase();
      return words.every((word) => text.includes(word));
    };
    const found = [...data.products.keys()].filter((place) => fits(data.products[place]));
    about.textContent = `${found.length} of ${count} products of ${data.catalog}: click one to see what looks like it.`;
    box.replaceChildren();
    fill(found.slice(0, 2 * SHOWN).map((place) => card(place)), "No product has these words.");
    return;
  }
  about.textContent = "The sliders say what makes products alike; the bar under each says what its score is made of.";
  const back = make("button", "", "Pick another");
  back.type = "button";
  back.id = "back";
  back.onclick = () => choose(-1);
  box.replaceChildren(card(query), back);
  fill(ranked().map((match) => card(match.candidate, match)), "Nothing can be ranked: move a slider up.");
}

function choose(place) {
  query = place;
  draw();
  window.scrollTo(0, 0);
}

function drawSliders() {
  const box = document.getElementById("sliders");
  box.replaceChildren();
  for (const name of names) {
    const label = make("label");
    const value = make("output", "", weights[name].toFixed(2));
    const words = make("span", "", name[0].toUpperCase() + name.slice(1));
    words.style.borderLeft = `.8em solid ${COLORS[name]}`;
    words.style.paddingLeft = ".4em";
    words.append(value);
    const slider = make("input");
    slider.type = "range";
    slider.min = 0;
    slider.max = Math.max(MOST_WEIGHT, data.weights[name]);
    slider.step = 0.05;
    slider.value = weights[name];
    slider.setAttribute("aria-label", name);
    slider.oninput = () => {
      weights[name] = Number(slider.value);
      value.textContent = weights[name].toFixed(2);
      draw();
    };
    label.append(words, slider);
    box.append(label);
  }
}

document.getElementById("search").oninput = () => choose(-1);
document.getElementById("reset").onclick = () => {
  Object.assign(weights, data.weights);
  drawSliders();
  draw();
};
drawSliders();
draw();
