// Finding points: the nearest to the pointer, those in view, those in a loop.
import { SPAN } from "./encoding.js";

const SIDE = 128;
const MOST_CORNERS = 64;

// Points sorted into the cells of a grid, so that only the cells around the pointer are looked at.
export class PointGrid {
  constructor(xy) {
    this.xy = xy;
    const count = xy.length / 2;
    const cells = new Uint16Array(count);
    this.starts = new Uint32Array(SIDE * SIDE + 1);
    for (let row = 0; row < count; row += 1) {
      cells[row] = this.cell(xy[row * 2]) + SIDE * this.cell(xy[row * 2 + 1]);
      this.starts[cells[row] + 1] += 1;
    }
    for (let cell = 0; cell < SIDE * SIDE; cell += 1) this.starts[cell + 1] += this.starts[cell];
    const next = this.starts.slice();
    this.rows = new Uint32Array(count);
    for (let row = 0; row < count; row += 1) this.rows[next[cells[row]]++] = row;
  }

  cell(value) {
    return Math.min(SIDE - 1, Math.max(0, Math.floor((value / (SPAN + 1)) * SIDE)));
  }

  // Calls back for every point in a box; false ends the search.
  inBox(left, bottom, right, top, visit) {
    for (let y = this.cell(bottom); y <= this.cell(top); y += 1) {
      for (let x = this.cell(left); x <= this.cell(right); x += 1) {
        for (let place = this.starts[x + SIDE * y]; place < this.starts[x + SIDE * y + 1]; place += 1) {
          const row = this.rows[place];
          const px = this.xy[row * 2], py = this.xy[row * 2 + 1];
          if (px >= left && px <= right && py >= bottom && py <= top && visit(row, px, py) === false) return;
        }
      }
    }
  }

  nearest(x, y, reach, shown) {
    let best = null;
    let least = reach * reach;
    this.inBox(x - reach, y - reach, x + reach, y + reach, (row, px, py) => {
      const distance = (px - x) ** 2 + (py - y) ** 2;
      if (distance <= least && shown(row)) [best, least] = [row, distance];
    });
    return best;
  }
}

// The corners that matter, at most 64 of them: Visvalingam's way, the corner that spans the least area goes first.
export function simplifiedLoop(corners) {
  const kept = corners.filter((corner, place) => place === 0 || corner[0] !== corners[place - 1][0] || corner[1] !== corners[place - 1][1]);
  const area = (place) => {
    const [a, b, c] = [kept[(place + kept.length - 1) % kept.length], kept[place], kept[(place + 1) % kept.length]];
    return Math.abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]));
  };
  while (kept.length > MOST_CORNERS) {
    let least = 0;
    for (let place = 1; place < kept.length; place += 1) if (area(place) < area(least)) least = place;
    kept.splice(least, 1);
  }
  return kept;
}

// The same rule, in the same order of operations, as core/explore/selection.py: both sides always agree.
export function insideLoop(xy, corners) {
  const count = xy.length / 2;
  const inside = new Uint8Array(count);
  const xs = corners.map((corner) => corner[0]), ys = corners.map((corner) => corner[1]);
  const [left, right, bottom, top] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  for (let row = 0; row < count; row += 1) {
    const x = xy[row * 2], y = xy[row * 2 + 1];
    if (x < left || x > right || y < bottom || y > top) continue;
    let odd = 0;
    for (let place = 0; place < corners.length; place += 1) {
      const to = (place + 1) % corners.length;
      const y0 = ys[place], y1 = ys[to];
      if (y0 > y !== y1 > y && x < xs[place] + ((y - y0) * (xs[to] - xs[place])) / (y1 - y0)) odd ^= 1;
    }
    inside[row] = odd;
  }
  return inside;
}
