// A searchable list or tree of values with counts. Every foreign text goes through textContent, never through markup.
const MOST_ROWS = 300;

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function ancestors(options, place) {
  const found = [];
  let depth = options[place].depth;
  for (let above = place - 1; above >= 0 && depth > 0; above--) {
    if (options[above].depth < depth) {
      found.push(above);
      depth = options[above].depth;
    }
  }
  return found;
}

// Which rows show: under a search all that match and what is above them, else what is unfolded.
function visibleRows(options, words, unfolded) {
  const shown = new Set();
  options.forEach((option, place) => {
    const above = ancestors(options, place);
    if (words) {
      if (shown.size < MOST_ROWS && option.label.toLowerCase().includes(words)) [place, ...above].forEach((row) => shown.add(row));
    } else if (above.every((row) => unfolded.has(options[row].value))) {
      shown.add(place);
    }
  });
  return [...shown].sort((one, other) => one - other);
}

function rowNode(option, state, hasChildren, draw) {
  const item = make("li", "row");
  item.style.paddingLeft = `${option.depth * 0.9}rem`;
  if (state.isTree) {
    const open = state.unfolded.has(option.value);
    const fold = make("button", hasChildren ? "fold" : "fold leaf", open ? "▾" : "▸");
    fold.type = "button";
    fold.tabIndex = -1;
    fold.setAttribute("aria-label", open ? "Fold" : "Unfold");
    fold.onclick = () => {
      open ? state.unfolded.delete(option.value) : state.unfolded.add(option.value);
      draw();
    };
    item.append(fold);
  }
  const pick = make("button", "pick");
  pick.type = "button";
  pick.title = option.value;
  pick.setAttribute("aria-pressed", String(option.value === state.chosen));
  pick.onclick = () => state.choose(option.value === state.chosen ? "" : option.value);
  if (state.hasSwatches) {
    const swatch = make("span", option.swatch ? "swatch" : "swatch none");
    if (option.swatch) swatch.style.background = option.swatch;
    pick.append(swatch);
  }
  pick.append(make("span", "name", option.label));
  if (option.count !== null) pick.append(make("span", "count", option.count.toLocaleString(navigator.language)));
  item.append(pick);
  return item;
}

function moveFocus(event, list) {
  const picks = [...list.querySelectorAll(".pick")];
  const here = picks.indexOf(event.target);
  const fold = event.target.closest(".row")?.querySelector(".fold:not(.leaf)");
  if (event.key === "ArrowDown") picks[here + 1]?.focus();
  else if (event.key === "ArrowUp") picks[here - 1]?.focus();
  else if (fold && ((event.key === "ArrowRight" && fold.textContent === "▸") || (event.key === "ArrowLeft" && fold.textContent === "▾"))) {
    const value = event.target.title;
    fold.click();
    [...list.querySelectorAll(".pick")].find((pick) => pick.title === value)?.focus();
  } else return;
  event.preventDefault();
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  const { options } = data;
  const state = root.state ?? { unfolded: new Set(), words: "" };
  root.state = state;
  const hasSwatches = options.some((option) => option.swatch);
  Object.assign(state, { chosen: data.chosen, isTree: data.tree, hasSwatches, choose: (value) => setTriggerValue("chosen", value) });
  const chosen = options.findIndex((option) => option.value === data.chosen);
  if (chosen >= 0) ancestors(options, chosen).forEach((row) => state.unfolded.add(options[row].value));
  const list = make("ul", "list");
  list.setAttribute("aria-label", data.label);
  const note = make("div", "note");
  const draw = () => {
    const rows = visibleRows(options, state.words.trim().toLowerCase(), state.unfolded);
    const nodes = rows.slice(0, MOST_ROWS).map((row) => rowNode(options[row], state, options[row + 1]?.depth > options[row].depth, draw));
    list.replaceChildren(...nodes);
    const hidden = rows.length - MOST_ROWS;
    note.textContent = rows.length ? (hidden > 0 ? `${hidden.toLocaleString(navigator.language)} more: search for them` : data.note) : "Nothing like this.";
    note.hidden = !note.textContent;
  };
  list.onkeydown = (event) => moveFocus(event, list);
  const parts = [list, note];
  if (data.searchable) {
    const find = make("input", "find");
    find.type = "search";
    find.placeholder = data.placeholder;
    find.setAttribute("aria-label", data.placeholder);
    find.value = state.words;
    find.oninput = () => {
      state.words = find.value;
      draw();
    };
    find.onkeydown = (event) => {
      if (event.key === "ArrowDown") list.querySelector(".pick")?.focus();
    };
    parts.unshift(find);
  }
  draw();
  root.replaceChildren(...parts);
}
