// The points themselves: deck.gl draws them, the camera is ours so that keys, links and buttons move it too.
import { Deck, OrthographicView } from "@deck.gl/core";
import { DotLayer } from "./dots.js";
import { SPAN } from "./encoding.js";

function webglWorks() {
  try {
    const context = document.createElement("canvas").getContext("webgl2");
    context?.getExtension("WEBGL_lose_context")?.loseContext();
    return Boolean(context);
  } catch {
    return false;
  }
}

export class PointDrawing {
  static works = webglWorks;

  // deck.gl hears the pointer itself.
  moves = true;

  constructor(stage, { onMove, onLost, onError, onDrawn }) {
    this.stage = stage;
    this.handlers = { onMove, onLost, onError, onDrawn };
    this.start();
  }

  start() {
    const holder = document.createElement("div");
    holder.className = "points";
    this.stage.prepend(holder);
    this.holder = holder;
    this.deck = new Deck({
      parent: holder,
      width: "100%",
      height: "100%",
      views: new OrthographicView({ id: "map", flipY: false }),
      viewState: this.camera ?? { target: [SPAN / 2, SPAN / 2], zoom: -7 },
      controller: { scrollZoom: { speed: 0.01, smooth: false }, doubleClickZoom: false, keyboard: false, dragRotate: false },
      deviceProps: { webgl: { antialias: false } },
      useDevicePixels: Math.min(window.devicePixelRatio || 1, 2),
      getCursor: ({ isDragging }) => (isDragging ? "grabbing" : "inherit"),
      layers: this.layers ?? [],
      onViewStateChange: ({ viewState }) => this.handlers.onMove(viewState),
      onDeviceInitialized: () => this.watchContext(),
      onAfterRender: () => this.layers && this.handlers.onDrawn(),
      onError: (error) => this.handlers.onError(error),
    });
  }

  watchContext() {
    this.holder.querySelector("canvas")?.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      this.handlers.onLost();
    });
  }

  // A lost context keeps nothing: everything is drawn into a new one.
  restart() {
    this.stop();
    this.start();
  }

  stop() {
    this.deck.finalize();
    this.holder.remove();
  }

  look(camera) {
    this.camera = camera;
    this.deck.setProps({ viewState: camera });
  }

  show({ points, rings, radius, ink }) {
    const parameters = { depthCompare: "always", depthWriteEnabled: false };
    this.layers = [new DotLayer({ id: "points", data: points, radius, parameters })];
    if (rings.length) this.layers.push(new DotLayer({ id: "rings", data: rings, radius: radius + 1.5, ring: 1.5, getFillColor: [...ink, 255], parameters }));
    this.deck.setProps({ layers: this.layers });
  }
}
