// A deck.gl layer of dots, round or of another shape, one vertex a dot: where there is no graphics card, a software renderer sets up every
// instance of deck.gl's own scatter layer anew, which takes seconds for 100,000.
import { Layer, project32 } from "@deck.gl/core";
import { Model } from "@luma.gl/engine";

const block = `layout(std140) uniform dotsUniforms {
  float radiusPixels;
  float ringPixels;
} dots;
`;
const dotsUniforms = { name: "dots", vs: block, fs: block, uniformTypes: { radiusPixels: "f32", ringPixels: "f32" } };

const vs = `#version 300 es
#define SHADER_NAME dots-vertex
in vec3 positions;
in vec4 colors;
in float shapes;
out vec4 vColor;
out float vSide;
flat out int vShape;
void main(void) {
  gl_Position = project_position_to_clipspace(positions, vec3(0.0), vec3(0.0));
  vSide = 2.0 * (dots.radiusPixels + dots.ringPixels) * project.devicePixelRatio + 1.0;
  gl_PointSize = vSide;
  vColor = colors;
  vShape = int(shapes + 0.5);
  if (colors.a == 0.0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}`;

const fs = `#version 300 es
#define SHADER_NAME dots-fragment
precision highp float;
in vec4 vColor;
in float vSide;
flat in int vShape;
out vec4 fragColor;
// How far a place is from the middle of its shape, in pixels; the edge of every shape is at edge. See shapes.js.
float reach(vec2 at, float edge) {
  vec2 far = abs(at);
  if (vShape == 1) return max(far.x, far.y) * 1.13;
  if (vShape == 2) return max(at.y + edge * 0.4, far.x * 0.85 - at.y * 0.53 + edge * 0.47);
  if (vShape == 3) return (far.x + far.y) * 0.9;
  if (vShape == 4) return edge + min(max(far.x - edge, far.y - edge * 0.34), max(far.x - edge * 0.34, far.y - edge));
  if (vShape == 5) return edge + abs(length(at) - edge * 0.72) - edge * 0.28;
  return length(at);
}
void main(void) {
  float side = vSide;
  float edge = side * 0.5 - 0.5;
  float away = reach((gl_PointCoord - 0.5) * side, edge);
  float cover = clamp(edge - away + 0.5, 0.0, 1.0);
  float ring = dots.ringPixels * (side - 1.0) / (2.0 * (dots.radiusPixels + dots.ringPixels));
  if (dots.ringPixels > 0.0) cover *= clamp(away - (edge - ring) + 0.5, 0.0, 1.0);
  if (cover <= 0.0) discard;
  fragColor = vec4(vColor.rgb, vColor.a * cover);
}`;

export class DotLayer extends Layer {
  getShaders() {
    return super.getShaders({ vs, fs, modules: [project32, dotsUniforms] });
  }

  initializeState() {
    this.getAttributeManager().remove(["instancePickingColors"]);
    this.getAttributeManager().add({
      positions: { size: 3, type: "float32", accessor: "getPosition" },
      colors: { size: 4, type: "unorm8", accessor: "getFillColor", defaultValue: [0, 0, 0, 255] },
      shapes: { size: 1, type: "float32", accessor: "getShape", defaultValue: 0 },
    });
  }

  updateState(params) {
    super.updateState(params);
    this.state.model ??= new Model(this.context.device, {
      ...this.getShaders(),
      id: this.props.id,
      bufferLayout: this.getAttributeManager().getBufferLayouts(),
      topology: "point-list",
      isInstanced: false,
    });
  }

  draw() {
    const { model } = this.state;
    if (!this.getNumInstances()) return;
    model.setVertexCount(this.getNumInstances());
    model.shaderInputs.setProps({ dots: { radiusPixels: this.props.radius, ringPixels: this.props.ring } });
    model.draw(this.context.renderPass);
  }
}
DotLayer.layerName = "DotLayer";
DotLayer.defaultProps = {
  radius: { type: "number", value: 3 },
  ring: { type: "number", value: 0 },
  getPosition: { type: "accessor", value: [0, 0, 0] },
  getFillColor: { type: "accessor", value: [0, 0, 0, 255] },
  getShape: { type: "accessor", value: 0 },
};
