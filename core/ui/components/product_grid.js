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

function swatchRow(swatches) {
  const row = make("div", "swatches");
  row.setAttribute("role", "img");
  row.setAttribute("aria-label", `main colors: ${swatches.join(", ")}`);
  for (const color of swatches) {
    const dot = make("i");
    dot.style.background = color;
    row.append(dot);
  }
  return row;
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
  if (card.swatches.length) text.append(swatchRow(card.swatches));
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

// A box on each card; with Shift it takes everything since the last one.
function tick(card, place, cards, state) {
  const box = make("input", "tick");
  box.type = "checkbox";
  box.tabIndex = -1;
  box.checked = state.selected.has(card.id);
  box.setAttribute("aria-label", `Select ${card.title}`);
  box.onclick = (event) => {
    const from = event.shiftKey && state.last !== undefined ? state.last : place;
    state.last = place;
    const ids = cards.slice(Math.min(from, place), Math.max(from, place) + 1).map((each) => each.id);
    state.pick(ids, box.checked);
  };
  return box;
}

function columnsOf(cards) {
  const top = cards[0].getBoundingClientRect().top;
  return cards.filter((card) => card.getBoundingClientRect().top === top).length || 1;
}

// One card takes part in the order of Tab; arrows, Home and End move between them, Space selects, Enter opens.
function onKey(event) {
  const cards = [...event.currentTarget.querySelectorAll(".card")];
  const card = event.target.closest(".card");
  const here = cards.indexOf(card);
  if (here < 0) return;
  const box = card.parentElement.querySelector(".tick");
  if (event.key === " " && box) {
    event.preventDefault();
    box.click();
    return;
  }
  const places = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: cards.length - 1 };
  if (event.key === "ArrowDown") places.ArrowDown = here + columnsOf(cards);
  if (event.key === "ArrowUp") places.ArrowUp = here - columnsOf(cards);
  if (!(event.key in places)) return;
  event.preventDefault();
  cards[places[event.key]]?.focus();
}

function keepOneTabStop(list, card) {
  for (const other of list.querySelectorAll(".card")) other.tabIndex = -1;
  if (card) card.tabIndex = 0;
}

// Which element draws which grid now: a page that runs anew may make the element of a grid anew.
const grids = new Map();
let stopWatching = () => {};

// A dialog that closes leaves the keyboard nowhere, or on the page as a whole: the card it was opened from takes it
// back, and keeps it while the page is still being drawn, until the visitor presses a key or the pointer.
function giveBackFocus(label, productId) {
  const dialogOpen = () => document.querySelector('[role="dialog"]') !== null;
  let wasOpen = false;
  let left = 400;
  let acted = false;
  // A quick visitor closes the dialog between two looks of a timer; the observer sees every one.
  const watcher = new MutationObserver(() => {
    if (!wasOpen && dialogOpen()) [wasOpen, left] = [true, 20];
  });
  const act = () => {
    acted = wasOpen && !dialogOpen();
  };
  const look = () => {
    if (dialogOpen()) return;
    left -= 1;
    if (left <= 0 || acted) return stopWatching();
    const card = grids.get(label)?.querySelector(`[data-product="${CSS.escape(productId)}"]`);
    if (wasOpen && card && !card.matches(":focus")) card.focus();
  };
  stopWatching();
  watcher.observe(document.body, { childList: true, subtree: true });
  for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, act, true);
  const timer = setInterval(look, 150);
  stopWatching = () => {
    clearInterval(timer);
    watcher.disconnect();
    for (const kind of ["keydown", "pointerdown"]) document.removeEventListener(kind, act, true);
  };
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  grids.set(data.label, root);
  const focused = parentElement.activeElement?.dataset?.product;
  const colors = getComputedStyle(root).getPropertyValue("--st-chart-categorical-colors").split(",").map((color) => color.trim());
  const open = (productId) => {
    root.opened = productId;
    giveBackFocus(data.label, productId);
    setTriggerValue("opened", productId);
  };
  if (!data.cards.length) {
    root.replaceChildren(make("div", "empty", data.empty));
    return;
  }
  const list = make("ul", data.small ? "grid small" : "grid");
  list.setAttribute("aria-label", data.label);
  list.append(...data.cards.map((card) => cardNode(card, colors, open)));
  if (data.selected) {
    const state = { selected: new Set(data.selected), last: root.lastPicked };
    state.pick = (ids, on) => {
      root.lastPicked = state.last;
      for (const place of data.cards.keys()) {
        if (ids.includes(data.cards[place].id)) show(list.children[place], on);
      }
      setTriggerValue("picked", { ids, on });
    };
    const show = (item, on) => {
      item.querySelector(".tick").checked = on;
      item.classList.toggle("selected", on);
      list.classList.toggle("picking", on || state.selected.size > 0);
    };
    data.cards.forEach((card, place) => {
      list.children[place].append(tick(card, place, data.cards, state));
      show(list.children[place], state.selected.has(card.id));
    });
  }
  list.onkeydown = onKey;
  list.onfocusin = (event) => event.target.matches(".card") && keepOneTabStop(list, event.target);
  root.replaceChildren(list);
  const again = (id) => id && list.querySelector(`[data-product="${CSS.escape(id)}"]`);
  keepOneTabStop(list, again(focused ?? root.opened) ?? list.querySelector(".card"));
  again(focused)?.focus();
}
