/** A WebGL scatter plot: all points in one draw call; panning and zooming only change four numbers. */
export interface ScatterPoints {
  /** x0, y0, x1, y1, … in any units. */
  readonly positions: Float32Array;
  /** Diameters in CSS pixels at zoom 1. */
  readonly sizes: Float32Array;
  /** Red, green, blue, alpha of each point, 0 … 255. */
  readonly colours: Uint8Array;
}

const vertex = `attribute vec2 position; attribute float size; attribute vec4 colour;
uniform vec2 scale; uniform vec2 shift; uniform float zoom; varying vec4 shown;
void main() { gl_Position = vec4(position * scale + shift, 0.0, 1.0); gl_PointSize = size * zoom; shown = colour; }`;
const fragment = `precision mediump float; varying vec4 shown;
void main() { float r = length(gl_PointCoord - 0.5) * 2.0; float a = shown.a * (1.0 - smoothstep(0.8, 1.0, r)); if (a < 0.01) discard; gl_FragColor = vec4(shown.rgb * a, a); }`;

export class Scatter {
  readonly #canvas: HTMLCanvasElement;
  readonly #gl: WebGLRenderingContext;
  readonly #listening = new AbortController();
  #program!: WebGLProgram;
  #buffers!: { position: WebGLBuffer; size: WebGLBuffer; colour: WebGLBuffer };
  #points: ScatterPoints = {
    positions: new Float32Array(),
    sizes: new Float32Array(),
    colours: new Uint8Array(),
  };
  #frame = 0;
  /** The data point in the middle, and CSS pixels per unit of data. */
  centre = { x: 0, y: 0 };
  scale = 1;
  #fitted = 1;

  /** @throws Error if the browser does not support WebGL */
  constructor(canvas: HTMLCanvasElement) {
    const gl = canvas.getContext("webgl", { antialias: false, premultipliedAlpha: true });
    if (!gl) throw new Error("This browser does not support WebGL.");
    this.#canvas = canvas;
    this.#gl = gl;
    this.#prepare();
    const { signal } = this.#listening;
    // The system may take the graphics memory away, for example in sleep. Without this, the browser would not give it back.
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault(), { signal });
    canvas.addEventListener(
      "webglcontextrestored",
      () => {
        this.#prepare();
        this.set(this.#points);
      },
      { signal },
    );
  }

  #prepare(): void {
    const gl = this.#gl;
    const program = gl.createProgram()!;
    for (const [type, source] of [
      [gl.VERTEX_SHADER, vertex],
      [gl.FRAGMENT_SHADER, fragment],
    ] as const) {
      const shader = gl.createShader(type)!;
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS))
      throw new Error(gl.getProgramInfoLog(program) ?? "no program");
    this.#program = program;
    this.#buffers = { position: gl.createBuffer()!, size: gl.createBuffer()!, colour: gl.createBuffer()! };
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  set(points: ScatterPoints): void {
    const gl = this.#gl;
    this.#points = points;
    this.#fill("position", points.positions, 2, gl.FLOAT);
    this.#fill("size", points.sizes, 1, gl.FLOAT);
    this.recolour(points.colours);
  }

  recolour(colours: Uint8Array): void {
    this.#points = { ...this.#points, colours };
    this.#fill("colour", colours, 4, this.#gl.UNSIGNED_BYTE);
    this.draw();
  }

  #fill(
    name: "position" | "size" | "colour",
    data: Float32Array | Uint8Array,
    width: number,
    type: number,
  ): void {
    const gl = this.#gl;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffers[name]);
    gl.bufferData(gl.ARRAY_BUFFER, data, gl.STATIC_DRAW);
    const place = gl.getAttribLocation(this.#program, name);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, width, type, type === gl.UNSIGNED_BYTE, 0, 0);
  }

  /** Fits all points into the view. */
  fit(): void {
    let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
    const { positions, sizes } = this.#points;
    for (let i = 0; i < sizes.length; i++) {
      const [x, y] = [positions[2 * i]!, positions[2 * i + 1]!];
      left = Math.min(left, x);
      right = Math.max(right, x);
      low = Math.min(low, y);
      high = Math.max(high, y);
    }
    this.centre = { x: (left + right) / 2, y: (low + high) / 2 };
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    this.scale = this.#fitted = 0.94 * Math.min(width / (right - left || 1), height / (high - low || 1));
    this.draw();
  }

  zoomAt(factor: number, x = this.#canvas.clientWidth / 2, y = this.#canvas.clientHeight / 2): void {
    const before = this.toData(x, y);
    this.scale = Math.max(this.#fitted / 4, Math.min(this.#fitted * 500, this.scale * factor));
    const after = this.toData(x, y);
    this.centre = { x: this.centre.x + before.x - after.x, y: this.centre.y + before.y - after.y };
    this.draw();
  }

  pan(dx: number, dy: number): void {
    this.centre = { x: this.centre.x - dx / this.scale, y: this.centre.y + dy / this.scale };
    this.draw();
  }

  toData(x: number, y: number): { x: number; y: number } {
    const { clientWidth, clientHeight } = this.#canvas;
    return {
      x: this.centre.x + (x - clientWidth / 2) / this.scale,
      y: this.centre.y - (y - clientHeight / 2) / this.scale,
    };
  }

  toScreen(x: number, y: number): { x: number; y: number } {
    const { clientWidth, clientHeight } = this.#canvas;
    return {
      x: clientWidth / 2 + (x - this.centre.x) * this.scale,
      y: clientHeight / 2 - (y - this.centre.y) * this.scale,
    };
  }

  /** The radius of a point as it is drawn now, in CSS pixels. */
  radiusOf(i: number): number {
    return (this.#points.sizes[i]! / 2) * this.#growth();
  }

  /** How much larger points are than at zoom 1. */
  #growth(): number {
    return Math.min(4, (this.scale / this.#fitted) ** 0.4);
  }

  /** Called after every frame, to draw on top. */
  onframe: () => void = () => {};

  draw(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#drawNow();
      this.onframe();
    });
  }

  #drawNow(): void {
    const gl = this.#gl;
    const { clientWidth, clientHeight } = this.#canvas;
    const ratio = Math.min(2, devicePixelRatio);
    const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    gl.viewport(0, 0, width, height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.useProgram(this.#program);
    const [sx, sy] = [(2 * this.scale) / clientWidth, (2 * this.scale) / clientHeight];
    gl.uniform2f(gl.getUniformLocation(this.#program, "scale"), sx, sy);
    gl.uniform2f(gl.getUniformLocation(this.#program, "shift"), -this.centre.x * sx, -this.centre.y * sy);
    gl.uniform1f(gl.getUniformLocation(this.#program, "zoom"), ratio * this.#growth());
    gl.drawArrays(gl.POINTS, 0, this.#points.sizes.length);
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame);
    this.#listening.abort();
    this.#gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}
