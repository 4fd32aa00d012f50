// Pictures: beside the pointer, and in place of points once few enough are in view. Asked for by number, then kept.
const REST_MS = 60;
const MOST_PICTURES = 90;
const KEPT = 1500;
const LEAST_PX = 30;
const MOST_PX = 110;

function make(kind, name, text) {
  const node = document.createElement(kind);
  if (name) node.className = name;
  if (text) node.textContent = text;
  return node;
}

export class Pictures {
  constructor(view, ask) {
    Object.assign(this, { view, ask, cards: new Map(), thumbs: new Map(), nodes: new Map() });
    this.layer = make("div", "pictures");
    this.tip = make("div", "tip");
    this.tip.setAttribute("role", "status");
    this.tip.append(make("img"), make("div", "none", "no picture"), make("div", "title"), make("div", "line"));
    view.stage.append(this.layer, this.tip);
    view.listeners.push((what) => {
      if (what === "moved") this.place();
      if (what === "settled") this.settle();
    });
  }

  // A page that stands alone brings some pictures with it.
  forget() {
    this.cards.clear();
    this.thumbs = new Map(this.view.data.thumbs ?? []);
    this.drop();
    this.hover(null);
  }

  hover(row, x, y) {
    clearTimeout(this.timer);
    this.row = row;
    if (row === null) return this.tip.classList.remove("on");
    [this.x, this.y] = [x, y];
    const titles = this.view.data.titles;
    if (titles) this.cards.set(row, { row, title: titles[row], line: this.view.data.lines?.[row] ?? "", picture: this.thumbs.get(row) ?? "" });
    if (this.cards.has(row)) return this.show();
    this.timer = setTimeout(() => this.row === row && this.ask({ hover: row }), REST_MS);
  }

  learn(card) {
    if (this.cards.size >= KEPT) this.cards.delete(this.cards.keys().next().value);
    this.cards.set(card.row, card);
    if (this.row === card.row) this.show();
  }

  show() {
    const card = this.cards.get(this.row);
    const [image, none, title, line] = this.tip.children;
    image.src = card.picture || "";
    image.alt = "";
    image.hidden = !card.picture;
    none.hidden = Boolean(card.picture) || Boolean(this.view.data.titles);
    title.textContent = card.title;
    line.textContent = card.line;
    const { width, height } = this.view;
    const [wide, high] = [this.tip.offsetWidth, this.tip.offsetHeight];
    const left = this.x + wide + 26 > width ? this.x - wide - 20 : this.x + 18;
    this.tip.style.left = `${Math.max(4, left)}px`;
    this.tip.style.top = `${Math.min(Math.max(4, this.y - 90), Math.max(4, height - high - 4))}px`;
    this.tip.classList.add("on");
  }

  settle() {
    const rows = this.view.data.pictures ? this.view.inView(MOST_PICTURES) : [];
    if (!rows.length || rows.length > MOST_PICTURES || !this.near()) return this.drop();
    this.wanted = rows;
    const missing = rows.filter((row) => !this.thumbs.has(row));
    if (missing.length && !this.view.data.thumbs) this.ask({ thumbs: missing });
    this.redraw();
  }

  // A map of few products shows dots until somebody goes nearer.
  near() {
    return this.view.codes.length > MOST_PICTURES ? true : this.view.viewWords()?.[2] > 0.4;
  }

  learnThumbs(thumbs) {
    if (this.thumbs.size > KEPT) this.thumbs.clear();
    for (const [row, picture] of thumbs) this.thumbs.set(row, picture);
    this.redraw();
  }

  redraw() {
    const wanted = new Set((this.wanted ?? []).filter((row) => this.thumbs.get(row)));
    for (const [row, node] of this.nodes) {
      if (wanted.has(row)) continue;
      node.remove();
      this.nodes.delete(row);
    }
    for (const row of wanted) {
      if (this.nodes.has(row)) continue;
      const node = make("img");
      node.alt = "";
      node.src = this.thumbs.get(row);
      this.nodes.set(row, node);
      this.layer.append(node);
    }
    this.place();
  }

  place() {
    if (!this.nodes.size) return;
    const { width, height, xy } = this.view;
    const side = Math.round(Math.min(MOST_PX, Math.max(LEAST_PX, 0.55 * Math.sqrt((width * height) / this.nodes.size))));
    for (const [row, node] of this.nodes) {
      const [x, y] = this.view.toScreen([xy[row * 2], xy[row * 2 + 1]]);
      node.style.width = node.style.height = `${side}px`;
      node.style.transform = `translate(${x - side / 2}px, ${y - side / 2}px)`;
      node.style.borderColor = `rgb(${this.view.palette[this.view.codes[row]].join(" ")})`;
    }
  }

  drop() {
    this.wanted = [];
    this.nodes.forEach((node) => node.remove());
    this.nodes.clear();
  }
}
