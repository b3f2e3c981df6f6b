// The sample under the mouse: spheres as point sprites with true depth (WebGL 2). Without WebGL 2 the still picture stays.
"use strict";
(() => {
  const scene = JSON.parse(document.getElementById("scene").textContent);
  const view = document.getElementById("view"), canvas = view.querySelector("canvas"), tip = view.querySelector(".tip");
  const gl = canvas.getContext("webgl2", { antialias: true, alpha: false, preserveDrawingBuffer: true });
  if (!gl) return;
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const floats = (text) => new Float32Array(bytes(text).buffer);
  const n = scene.count, positions = floats(scene.positions), element = bytes(scene.element), ids = new Int32Array(bytes(scene.ids).buffer);
  const map = bytes(scene.map), fields = scene.fields.map((f) => ({ ...f, values: floats(f.values) }));
  let size = 0;
  for (let i = 0; i < 8; ++i) {
    const corner = [0, 1, 2].map((k) => scene.cell.reduce((s, c, j) => s + ((i >> j) & 1 ? 0.5 : -0.5) * c[k], 0));
    size = Math.max(size, Math.hypot(...corner));
  }

  const compile = (vertex, fragment) => {
    const program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, "#version 300 es\nprecision highp float;\n" + source);
      gl.compileShader(shader);
      if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw Error(gl.getShaderInfoLog(shader));
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    return program;
  };
  const project = `
    uniform mat3 turn; uniform float zoom, aspect, size;
    vec4 place(vec3 p, out float w) {
      w = 1.0 - 0.30 * p.z / size;
      return vec4(p.x * zoom / size / aspect, p.y * zoom / size, -p.z / size * 0.5 * w, w);
    }`;
  const spheres = compile(`
    in vec3 position; in vec3 tint; in float radius;
    uniform float pixels; uniform vec2 slab;` + project + `
    out vec3 colour; out float fog, r, depth_w;
    void main() {
      vec3 p = turn * position; float w;
      gl_Position = place(p, w);
      bool hidden = radius <= 0.0 || p.z < slab.x || p.z > slab.y;
      if (hidden) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
      gl_PointSize = 2.0 * radius * zoom / size / w * pixels;
      colour = tint; r = radius / size * 0.5; fog = clamp(0.5 - 0.5 * p.z / size, 0.0, 1.0); depth_w = w;
    }`, `
    in vec3 colour; in float fog, r, depth_w; out vec4 result;
    void main() {
      vec2 q = gl_PointCoord * 2.0 - 1.0; q.y = -q.y;
      float d2 = dot(q, q);
      float edge = 1.0 - smoothstep(1.0 - 2.0 * fwidth(length(q)), 1.0, length(q));
      if (d2 > 1.0 || edge <= 0.0) discard;
      vec3 normal = vec3(q, sqrt(1.0 - d2));
      gl_FragDepth = gl_FragCoord.z - 0.5 * r * normal.z;
      float light = 0.40 + 0.62 * max(0.0, dot(normal, normalize(vec3(-0.4, 0.5, 0.77))));
      float shine = 0.18 * pow(max(0.0, dot(normal, normalize(vec3(-0.3, 0.4, 1.0)))), 24.0);
      result = vec4(mix(colour * light + shine, vec3(1.0), 0.30 * fog), edge);
    }`);
  const lines = compile(`in vec3 position;` + project + `void main() { float w; gl_Position = place(turn * position, w); }`,
    `out vec4 result; void main() { result = vec4(0.36, 0.42, 0.48, 1.0); }`);

  const buffer = (program, name, data, width) => {
    const at = gl.getAttribLocation(program, name), b = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, b);
    gl.bufferData(gl.ARRAY_BUFFER, data, gl.DYNAMIC_DRAW);
    gl.enableVertexAttribArray(at);
    gl.vertexAttribPointer(at, width, gl.FLOAT, false, 0, 0);
    return (fresh) => { gl.bindBuffer(gl.ARRAY_BUFFER, b); gl.bufferSubData(gl.ARRAY_BUFFER, 0, fresh); };
  };
  const tints = new Float32Array(3 * n), radii = new Float32Array(n);
  const ballArray = gl.createVertexArray();
  gl.bindVertexArray(ballArray);
  buffer(spheres, "position", positions, 3);
  const setTints = buffer(spheres, "tint", tints, 3), setRadii = buffer(spheres, "radius", radii, 1);
  const corners = [];
  for (let i = 0; i < 8; ++i) for (let j = 0; j < 3; ++j) if (!((i >> j) & 1))
    for (const c of [i, i | (1 << j)]) for (let k = 0; k < 3; ++k)
      corners.push(scene.cell.reduce((s, v, m) => s + (((c >> m) & 1) - 0.5) * v[k], 0));
  const lineArray = gl.createVertexArray();
  gl.bindVertexArray(lineArray);
  buffer(lines, "position", new Float32Array(corners), 3);

  const state = { field: 0, show: "all", slab: 0, zoom: 0.98, turn: [1, 0, 0, 0, 1, 0, 0, 0, 1] };
  const multiply = (a, b) => [0, 1, 2].flatMap((i) => [0, 1, 2].map((j) => a[3 * i] * b[j] + a[3 * i + 1] * b[3 + j] + a[3 * i + 2] * b[6 + j]));
  const rotation = (dx, dy) => multiply([1, 0, 0, 0, Math.cos(dy), -Math.sin(dy), 0, Math.sin(dy), Math.cos(dy)],
    [Math.cos(dx), 0, Math.sin(dx), 0, 1, 0, -Math.sin(dx), 0, Math.cos(dx)]);
  const home = rotation(-0.62, 0.42);
  state.turn = home;
  const rotate = (dx, dy) => { state.turn = multiply(rotation(dx, dy), state.turn); draw(); };

  const number = (x) => (Number.isNaN(x) ? "no value," : x === 0 ? "0" : Math.abs(x) >= 100 ? x.toFixed(0) : x.toPrecision(2));
  const share = (f, x) => Math.min(1, Math.max(0, f.log ? Math.log(Math.max(x, 1e-30) / f.limits[0]) / Math.log(f.limits[1] / f.limits[0])
    : (x - f.limits[0]) / (f.limits[1] - f.limits[0])));
  function paint() {
    const f = fields[state.field], byElement = state.field === fields.length;
    const rank = fields[byElement ? 0 : state.field].values;
    const sorted = rank.filter((x) => !Number.isNaN(x)).sort(), m = sorted.length, low = sorted[Math.floor(0.1 * m)], high = sorted[Math.min(m - 1, Math.floor(0.9 * m))];
    for (let i = 0; i < n; ++i) {
      const e = scene.elements[element[i]];
      if (byElement) for (let k = 0; k < 3; ++k) tints[3 * i + k] = parseInt(e.colour.slice(1 + 2 * k, 3 + 2 * k), 16) / 255;
      else if (Number.isNaN(f.values[i])) tints.fill(0.8, 3 * i, 3 * i + 3);
      else { const c = 3 * Math.round(255 * share(f, f.values[i])); for (let k = 0; k < 3; ++k) tints[3 * i + k] = map[c + k] / 255; }
      const seen = state.show === "all" || (state.show === "high" && rank[i] >= high) || (state.show === "low" && rank[i] <= low) || state.show === "e" + element[i];
      radii[i] = seen ? 0.86 * e.radius : 0;
    }
    setTints(tints); setRadii(radii);
    const bar = view.querySelector(".bar"), key = view.querySelector(".key");
    bar.hidden = byElement; key.hidden = !byElement;
    if (!byElement) {
      const stops = []; for (let k = 0; k <= 16; ++k) { const c = 3 * Math.min(255, 16 * k); stops.push(`rgb(${map[c]},${map[c + 1]},${map[c + 2]})`); }
      bar.querySelector("i").style.background = `linear-gradient(to right,${stops})`;
      const [a, b] = f.limits;
      bar.querySelectorAll("b").forEach((s, k, all) => { const t = k / (all.length - 1); s.textContent = number(f.log ? a * (b / a) ** t : a + t * (b - a)); });
      bar.querySelector("span").textContent = `${f.name} (${f.unit})`;
    }
    draw();
  }
  let asked = false;
  function draw() { if (!asked) { asked = true; requestAnimationFrame(render); } }
  function render() {
    asked = false;
    const ratio = window.devicePixelRatio || 1, w = Math.round(canvas.clientWidth * ratio), h = Math.round(canvas.clientHeight * ratio);
    if (canvas.width !== w || canvas.height !== h) { canvas.width = w; canvas.height = h; }
    gl.viewport(0, 0, w, h);
    gl.clearColor(0.975, 0.982, 0.987, 1);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.enable(gl.DEPTH_TEST);
    gl.enable(gl.SAMPLE_ALPHA_TO_COVERAGE);
    for (const [program, array, kind, count] of [[spheres, ballArray, gl.POINTS, n], [lines, lineArray, gl.LINES, corners.length / 3]]) {
      gl.useProgram(program);
      gl.bindVertexArray(array);
      gl.uniformMatrix3fv(gl.getUniformLocation(program, "turn"), true, state.turn);
      gl.uniform1f(gl.getUniformLocation(program, "zoom"), state.zoom);
      gl.uniform1f(gl.getUniformLocation(program, "aspect"), w / h);
      gl.uniform1f(gl.getUniformLocation(program, "size"), size);
      if (program === spheres) {
        gl.uniform1f(gl.getUniformLocation(program, "pixels"), h / 2);
        gl.uniform2f(gl.getUniformLocation(program, "slab"), state.slab ? -state.slab / 2 : -1e9, state.slab ? state.slab / 2 : 1e9);
      }
      gl.drawArrays(kind, 0, count);
    }
  }
  function pick(x, y) {
    const w = canvas.clientWidth, h = canvas.clientHeight, t = state.turn;
    let best = -1, front = -Infinity;
    for (let i = 0; i < n; ++i) {
      if (!radii[i]) continue;
      const p = positions.subarray(3 * i, 3 * i + 3), z = t[6] * p[0] + t[7] * p[1] + t[8] * p[2];
      if (z < front || (state.slab && Math.abs(z) > state.slab / 2)) continue;
      const k = state.zoom / size / (1 - 0.30 * z / size) * h / 2;
      const dx = w / 2 + (t[0] * p[0] + t[1] * p[1] + t[2] * p[2]) * k - x, dy = h / 2 - (t[3] * p[0] + t[4] * p[1] + t[5] * p[2]) * k - y;
      if (dx * dx + dy * dy < (radii[i] * k) ** 2) { best = i; front = z; }
    }
    return best;
  }

  let last = null;
  canvas.addEventListener("pointerdown", (e) => { last = [e.clientX, e.clientY]; canvas.setPointerCapture(e.pointerId); tip.hidden = true; });
  canvas.addEventListener("pointerup", () => { last = null; });
  canvas.addEventListener("pointermove", (e) => {
    if (last) { rotate((e.clientX - last[0]) * 0.008, (e.clientY - last[1]) * 0.008); last = [e.clientX, e.clientY]; return; }
    const box = canvas.getBoundingClientRect(), x = e.clientX - box.left, y = e.clientY - box.top, i = pick(x, y);
    tip.hidden = i < 0;
    if (i >= 0) {
      tip.innerHTML = `<strong>${scene.elements[element[i]].name} ${ids[i]}</strong>` + fields.map((f) => `<br>${f.name}: ${number(f.values[i])} ${f.unit}`).join("");
      tip.style.left = `${Math.max(0, Math.min(x + 14, box.width - tip.offsetWidth - 8))}px`; tip.style.top = `${Math.max(0, Math.min(y + 14, box.height - tip.offsetHeight - 8))}px`;
    }
  });
  canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
  canvas.addEventListener("wheel", (e) => { if (e.ctrlKey || document.activeElement === canvas) { e.preventDefault(); zoom(Math.exp(-0.0012 * e.deltaY)); } }, { passive: false });
  const zoom = (factor) => { state.zoom = Math.min(8, Math.max(0.4, state.zoom * factor)); draw(); };
  canvas.addEventListener("keydown", (e) => {
    const step = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] }[e.key];
    if (step) { rotate(...step); e.preventDefault(); } else if (e.key === "+" || e.key === "=") zoom(1.1); else if (e.key === "-") zoom(1 / 1.1);
  });
  const choose = view.querySelector("select[name=field]"), show = view.querySelector("select[name=show]"), slab = view.querySelector("input[name=slab]");
  fields.forEach((f, k) => choose.add(new Option(f.name, k)));
  choose.add(new Option("element", fields.length));
  scene.elements.forEach((e, k) => show.add(new Option(`only ${e.name}`, "e" + k)));
  view.querySelector(".key").innerHTML = scene.elements.map((e) => `<i style="background:${e.colour}"></i>${e.name}`).join(" ");
  choose.onchange = () => { state.field = Number(choose.value); paint(); };
  show.onchange = () => { state.show = show.value; paint(); };
  slab.oninput = () => {
    const t = Number(slab.value) / 100;
    state.slab = t >= 1 ? 0 : Math.max(4, 2 * size * t);
    view.querySelector("output").textContent = state.slab ? `${state.slab.toFixed(0)} Å` : "whole";
    draw();
  };
  view.querySelectorAll("button[data-zoom]").forEach((b) => { b.onclick = () => zoom(Number(b.dataset.zoom)); });
  view.querySelector("button[data-home]").onclick = () => { state.turn = home; state.zoom = 0.98; draw(); };
  new ResizeObserver(draw).observe(canvas);
  view.classList.add("alive");
  paint();
})();
