// A deck.gl layer of round dots, one vertex a dot: where there is no graphics card, a software renderer sets up every
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
out vec4 vColor;
out float vSide;
void main(void) {
  gl_Position = project_position_to_clipspace(positions, vec3(0.0), vec3(0.0));
  vSide = 2.0 * (dots.radiusPixels + dots.ringPixels) * project.devicePixelRatio + 1.0;
  gl_PointSize = vSide;
  vColor = colors;
  if (colors.a == 0.0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}`;

const fs = `#version 300 es
#define SHADER_NAME dots-fragment
precision highp float;
in vec4 vColor;
in float vSide;
out vec4 fragColor;
void main(void) {
  float side = vSide;
  float away = length(gl_PointCoord - 0.5) * side;
  float edge = side * 0.5 - 0.5;
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
};
