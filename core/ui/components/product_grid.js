// Draws cards for products. Every foreign text goes through textContent or an attribute, never through markup.
function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function picture(card) {
  const box = make("div", card.picture ? "picture" : "picture none");
  if (card.picture) {
    const image = make("img");
    image.src = card.picture;
    image.alt = "";
    image.decoding = "async";
    box.append(image);
  } else {
    box.textContent = "no picture";
  }
  if (card.place) box.append(make("span", "place", String(card.place)));
  return box;
}

function bar(parts, colors) {
  const node = make("div", "bar");
  const words = parts.map((part) => `${part.name} ${part.value === null ? "unknown" : part.value.toFixed(2)}`).join(", ");
  node.title = words;
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", `parts of the score: ${words}`);
  for (const part of parts) {
    const piece = make("span");
    piece.style.width = `${(part.share * 100).toFixed(2)}%`;
    piece.style.background = colors[part.color % colors.length];
    node.append(piece);
  }
  return node;
}

function cardNode(card, colors, open) {
  const item = make("li");
  const button = make("button", card.marked ? "card marked" : "card");
  button.type = "button";
  button.dataset.product = card.id;
  button.title = card.title;
  button.onclick = () => open(card.id);
  const text = make("div", "text");
  text.append(make("div", "title", card.title));
  if (card.parts) text.append(bar(card.parts, colors));
  const badges = make("div", "badges");
  for (const [words, tone] of card.badges) {
    const badge = make("span", `badge ${tone}`, words);
    badge.title = words;
    badges.append(badge);
  }
  text.append(badges);
  button.append(picture(card), text);
  item.append(button);
  return item;
}

function moveFocus(event) {
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 0, ArrowUp: 0 };
  if (!(event.key in steps)) return;
  const cards = [...event.currentTarget.querySelectorAll(".card")];
  const here = cards.indexOf(event.target.closest(".card"));
  if (here < 0) return;
  const top = cards[0].getBoundingClientRect().top;
  const columns = cards.filter((card) => card.getBoundingClientRect().top === top).length || 1;
  const step = steps[event.key] || (event.key === "ArrowDown" ? columns : -columns);
  const next = cards[here + step];
  if (next) {
    next.focus();
    event.preventDefault();
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  const focused = parentElement.activeElement?.dataset?.product;
  const colors = getComputedStyle(root).getPropertyValue("--st-chart-categorical-colors").split(",").map((color) => color.trim());
  const open = (productId) => setTriggerValue("opened", productId);
  if (!data.cards.length) {
    root.replaceChildren(make("div", "empty", data.empty));
    return;
  }
  const list = make("ul", data.small ? "grid small" : "grid");
  list.setAttribute("aria-label", data.label);
  list.onkeydown = moveFocus;
  list.append(...data.cards.map((card) => cardNode(card, colors, open)));
  root.replaceChildren(list);
  if (focused) list.querySelector(`[data-product="${CSS.escape(focused)}"]`)?.focus();
}
