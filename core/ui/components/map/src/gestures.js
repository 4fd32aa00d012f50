// Pointer and keys: loops and boxes, the point under the pointer, moving without a mouse.
const REACH_PX = 9;
const STEP_PX = 80;
const CLICK_PX = 4;
const WHEEL_STEP = 0.005;

export function attachPointer(view, pictures, { mode, open }) {
  let drag = null;
  let pressed = null;
  let seen = null;
  let finger = null;
  let travelled = false;
  const at = (event) => {
    const box = view.stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const under = (x, y) => view.grid && view.grid.nearest(...view.toMap(x, y), REACH_PX / 2 ** view.camera.zoom, (row) => view.shown(row));
  view.stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !view.data) return;
    if (!view.drawing.moves && !event.isPrimary) return; // another finger: deck.gl alone knows two
    pressed = seen = at(event);
    travelled = false;
    if (mode() === "pan" && !event.shiftKey) {
      finger = event.pointerId;
      if (!view.drawing.moves) view.stage.setPointerCapture(finger);
      return;
    }
    event.stopPropagation();
    event.preventDefault();
    view.stage.setPointerCapture(event.pointerId);
    drag = { box: mode() === "box", corners: [view.toMap(...pressed)] };
    pictures.hover(null);
  }, true);
  view.stage.addEventListener("pointermove", (event) => {
    const [x, y] = at(event);
    if (pressed && Math.hypot(x - pressed[0], y - pressed[1]) >= CLICK_PX) travelled = true;
    if (drag) {
      event.stopPropagation();
      const here = view.toMap(x, y);
      const [first] = drag.corners;
      if (drag.box) drag.corners = [first, [here[0], first[1]], here, [first[0], here[1]]];
      else drag.corners.push(here);
      view.loop = drag.corners;
      view.drawOver();
      return;
    }
    if (!view.camera) return;
    if (event.buttons) {
      if (pressed && !view.drawing.moves && event.pointerId === finger) {
        view.panBy(seen[0] - x, seen[1] - y);
        seen = [x, y];
      }
      return pictures.hover(null);
    }
    const row = under(x, y);
    view.stage.classList.toggle("on-point", row !== null);
    if (row !== pictures.row) pictures.hover(row, x, y);
  }, true);
  view.stage.addEventListener("pointerup", (event) => {
    const [x, y] = at(event);
    const still = pressed && !travelled; // a loop may end where it began
    const drawn = drag;
    drag = pressed = null;
    if (drawn) event.stopPropagation();
    if (still) {
      if (drawn) view.loop = null;
      const row = event.button === 0 && view.camera ? under(x, y) : null;
      if (row !== null) open(row);
      view.drawOver();
    } else if (drawn) view.selectLoop(drawn.corners);
  }, true);
  view.stage.addEventListener("pointercancel", () => { drag = pressed = null; });
  view.stage.addEventListener("pointerleave", () => pictures.hover(null));
  view.stage.addEventListener("wheel", (event) => {
    if (!view.camera || view.drawing.moves) return;
    event.preventDefault();
    view.zoomAt(at(event), -event.deltaY * WHEEL_STEP);
  }, { passive: false });
  view.stage.addEventListener("dblclick", (event) => {
    const [x, y] = at(event);
    const here = view.toMap(x, y);
    if (mode() === "pan") view.move({ target: here, zoom: view.camera.zoom + 1 });
    else view.clear();
  });
}

export function attachKeys(root, view, { search, present, clear }) {
  const actions = {
    ArrowLeft: () => view.panBy(-STEP_PX, 0),
    ArrowRight: () => view.panBy(STEP_PX, 0),
    ArrowUp: () => view.panBy(0, -STEP_PX),
    ArrowDown: () => view.panBy(0, STEP_PX),
    "+": () => view.zoomBy(0.5),
    "=": () => view.zoomBy(0.5),
    "-": () => view.zoomBy(-0.5),
    0: () => view.fit(),
    "/": search,
    f: present,
    Escape: clear,
  };
  root.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, textarea");
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in actions)) return;
    if (typing && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    actions[event.key]();
  });
}
