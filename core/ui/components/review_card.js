// One finding to decide about. Every foreign text goes through textContent or an attribute, never through markup.
function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function picture(address, words, className) {
  const box = make("div", address ? className : `${className} none`);
  if (!address) {
    box.textContent = "no picture";
    return box;
  }
  const image = make("img");
  image.src = address;
  image.alt = words;
  box.append(image);
  return box;
}

function rowOf(name, value, className) {
  const row = make("div", "row");
  row.append(make("span", "name", name), make("span", className, value));
  return row;
}

function neighborsNode(neighbors) {
  const list = make("ul", "neighbors");
  list.setAttribute("aria-label", "nearest look-alikes");
  for (const each of neighbors) {
    const item = make("li");
    item.title = `${each.title}\n${each.words}`;
    item.append(picture(each.picture, each.title, "small"), make("span", each.agrees ? "words agrees" : "words", each.words));
    list.append(item);
  }
  return list;
}

function chooser(data, send) {
  const form = make("form", "choose");
  const input = make("input");
  input.setAttribute("aria-label", data.choose.label);
  input.placeholder = data.choose.label;
  input.autocomplete = "off";
  const names = make("datalist");
  names.id = `names-${data.key}`;
  for (const name of data.choose.options) {
    const option = make("option");
    option.value = name;
    names.append(option);
  }
  input.setAttribute("list", names.id);
  const button = make("button", "plain", "Use it");
  button.type = "submit";
  form.onsubmit = (event) => {
    event.preventDefault();
    if (input.value.trim()) send("choose", input.value.trim());
  };
  input.onkeydown = (event) => {
    event.stopPropagation();
    if (event.key === "Escape") form.closest(".finding").focus();
  };
  form.append(input, names, button);
  return form;
}

const KEYS = { accept: "A", keep: "K", choose: "C", skip: "S", undo: "U" };

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  const had = root.contains(parentElement.activeElement) || root.contains(root.getRootNode().activeElement);
  let sent = false;
  const send = (decision, value) => {
    if (sent) return; // a key held down decides about one product, not about all that follow
    sent = true;
    card.classList.add("sent");
    setTriggerValue("decided", { product_id: data.product_id, decision, value: value ?? null, after: data.after, seen: data.seen });
  };
  const card = make("section", "finding");
  card.tabIndex = 0;
  card.dataset.product = data.product_id;
  card.setAttribute("aria-label", `Finding ${data.place}`);
  const left = make("div", "left");
  left.append(picture(data.picture, data.title, "large"));
  const right = make("div", "right");
  right.append(make("div", "place", data.place), make("div", "title", data.title), make("div", "id", data.product_id));
  for (const [name, value, tone] of data.rows) right.append(rowOf(name, value, `value ${tone}`));
  right.append(make("p", "why", data.reason));
  const buttons = make("div", "buttons");
  const acts = {};
  for (const [decision, words] of data.buttons) {
    const button = make("button", decision === "accept" ? "main" : "plain");
    button.type = "button";
    button.append(make("span", "", words), make("kbd", "", KEYS[decision]));
    acts[decision] = decision === "choose" ? () => form.querySelector("input").focus() : () => send(decision);
    button.onclick = acts[decision];
    buttons.append(button);
  }
  right.append(buttons);
  const form = data.choose ? chooser(data, send) : null;
  if (form) right.append(form);
  card.append(left, right);
  if (data.neighbors.length) {
    const near = make("div", "near");
    near.append(make("div", "name", "Nearest look-alikes"), neighborsNode(data.neighbors));
    card.append(near);
  }
  card.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const decision = Object.keys(KEYS).find((name) => KEYS[name] === event.key.toUpperCase());
    if (!decision || !acts[decision]) return;
    event.preventDefault();
    acts[decision]();
  };
  root.replaceChildren(card);
  // The keyboard stays with the queue from one finding to the next.
  if (had || data.focus) card.focus({ preventScroll: true });
}
