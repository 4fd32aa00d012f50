// What travels between Python and the browser: arrays as base64, sets of points as one bit a point.
export const UNKNOWN = 255;
export const SPAN = 65535;

export function bytes(text) {
  const raw = atob(text);
  const array = new Uint8Array(raw.length);
  for (let place = 0; place < raw.length; place += 1) array[place] = raw.charCodeAt(place);
  return array;
}

// Little-endian, as every browser's machine is.
export function shorts(text) {
  return new Uint16Array(bytes(text).buffer);
}

export function base64(array) {
  let raw = "";
  for (let from = 0; from < array.length; from += 8192) raw += String.fromCharCode(...array.subarray(from, from + 8192));
  return btoa(raw);
}

// A bit a point, the lowest bit first; gives one byte a point.
export function members(text, count) {
  const bits = bytes(text);
  const found = new Uint8Array(count);
  for (let place = 0; place < count; place += 1) found[place] = (bits[place >> 3] >> (place & 7)) & 1;
  return found;
}

export function encodeLoop(corners) {
  const flat = new Uint16Array(corners.length * 2);
  corners.forEach(([x, y], place) => flat.set([x, y], place * 2));
  return base64(new Uint8Array(flat.buffer));
}

export function decodeLoop(text) {
  const flat = shorts(text);
  return Array.from({ length: flat.length / 2 }, (_, place) => [flat[place * 2], flat[place * 2 + 1]]);
}
