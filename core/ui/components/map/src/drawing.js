// deck.gl, which is large, comes by itself: maps that are there already, and later ones, let it draw.
import { PointDrawing } from "./points.js";

globalThis.shelflensMapDrawing = PointDrawing;
document.dispatchEvent(new CustomEvent("shelflens-map-drawing"));

export default function () {}
