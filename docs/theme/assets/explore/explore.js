// Explorable figures: controls, a drawing that follows them, and the numbers behind it. Where no script runs, the page
// shows the static figure. Classic scripts, because browsers refuse to load modules from the file system.
"use strict";

/** What the scripts of the topics share; each adds its numerical functions under its topic: explore.softmax.softmax. */
const explore = {};

{
  /** A new SVG element at the end of `parent`. */
  const element = (parent, name, attributes = {}, text = "") => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.textContent = text;
    return parent.appendChild(node);
  };

  /** A rectangle of the drawing, [left, top, width, height], with limits, ticks and labels as matplotlib names them. */
  class Axes {
    constructor(parent, { box, xlim, ylim, xticks = [], yticks = [], xlabel = "", ylabel = "", title = "", lines = true }) {
      const [left, top, width, height] = box;
      Object.assign(this, { width, height, xlim, ylim });
      const frame = element(parent, "g", { transform: `translate(${left} ${top})` });
      if (lines) element(frame, "path", { d: `M0 0V${height}H${width}`, class: "frame" });
      for (const [x, text] of named(xticks)) {
        const [at] = this.place([x, ylim[0]]);
        element(frame, "path", { d: `M${at} ${height}v5`, class: "frame" });
        element(frame, "text", { x: at, y: height + 19, class: "middle" }, text);
      }
      for (const [y, text] of named(yticks)) {
        const [, at] = this.place([xlim[0], y]);
        element(frame, "path", { d: `M0 ${at}h-5`, class: "frame" });
        element(frame, "text", { x: -8, y: at + 5, class: "end" }, text);
      }
      element(frame, "text", { x: width / 2, y: height + 38, class: "middle" }, xlabel);
      element(frame, "text", { x: -4, y: -9, class: "label" }, ylabel);
      element(frame, "text", { x: width / 2, y: -9, class: "middle" }, title);
      this.inside = element(frame, "svg", { width, height, role: "presentation" }); // cuts off what lies outside
    }

    /** Where in the rectangle a point of the data lies, in pixels. What is very far away keeps its direction. */
    place([x, y]) {
      const across = (this.width * (x - this.xlim[0])) / (this.xlim[1] - this.xlim[0]);
      const down = (this.height * (this.ylim[1] - y)) / (this.ylim[1] - this.ylim[0]);
      const shrink = Math.max(1, Math.hypot(across, down) / 1e5);
      return [across / shrink, down / shrink];
    }

    /** A line through points, of one of the classes c0 … c5 for colours, dashed, thin, filled; gaps where not finite. */
    line(points, style) {
      let pen = "M";
      const path = points.map((point) => {
        const [x, y] = this.place(point);
        if (!Number.isFinite(x) || !Number.isFinite(y)) {
          pen = "M";
          return "";
        }
        const step = `${pen}${x.toFixed(2)} ${y.toFixed(2)}`;
        pen = "L";
        return step;
      });
      element(this.inside, "path", { d: path.join(""), class: `line ${style}` });
    }

    dots(points, radius, style) {
      for (const [cx, cy] of points.map((point) => this.place(point)))
        if (Number.isFinite(cx) && Number.isFinite(cy))
          element(this.inside, "circle", { cx, cy, r: radius, class: `dot ${style}` });
    }

    text(point, text, style = "") {
      const [x, y] = this.place(point);
      element(this.inside, "text", { x, y, class: style }, text);
    }
  }

  /** Ticks are numbers, or pairs of a number and what is written there. */
  const named = (ticks) => ticks.map((tick) => (Array.isArray(tick) ? tick : [tick, short(tick)]));

  const SUPERSCRIPTS = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
  const power = (exponent) => `10${[...String(exponent)].map((digit) => SUPERSCRIPTS[digit]).join("")}`;

  /** A number as a reader writes it: three digits, and a power of ten where it is very large or small. */
  const format = (value) => {
    if (!Number.isFinite(value)) return Number.isNaN(value) ? "–" : value > 0 ? "∞" : "−∞";
    const [digits, exponent] = value.toExponential(2).split("e");
    const plain = value === 0 || (exponent >= -3 && exponent < 4);
    return (plain ? value.toPrecision(Math.max(3, Number(exponent) + 1)) : `${digits}×${power(Number(exponent))}`).replace("-", "−");
  };

  /** A number of which four decimals are of interest. */
  const decimals = (value) => (Math.round(1e4 * value) / 1e4 || 0).toFixed(4).replace("-", "−"); // not −0.0000

  /** A number that was chosen, not computed: without zeros at its end. */
  const short = (value) => String(Number(value.toPrecision(4))).replace("-", "−");

  /** From the position of a slider to the value that it stands for, and back. */
  const SCALES = {
    linear: { value: (position) => position, position: (value) => value },
    log: { value: (position) => 10 ** position, position: Math.log10 },
    share: { value: (position) => 1 - 10 ** -position, position: (value) => -Math.log10(1 - value) }, // 0, 0.9, 0.99 …
  };

  /** One figure of a page with its controls. */
  class Explorable {
    constructor(figure, { controls, buttons = {}, compute, draw, show = format }) {
      Object.assign(this, { figure, controls, compute, draw, show });
      this.inputs = this.parts("input", "name", controls);
      for (const [name, button] of Object.entries(this.parts("button", "name", buttons)))
        button.addEventListener("click", () => this.byReader(() => buttons[name](this)));
      this.values = {};
      for (const [name, input] of Object.entries(this.inputs)) {
        const { from, to, step, value } = controls[name];
        Object.assign(input, { min: from, max: to, step });
        this.values[name] = value;
        input.addEventListener("input", () => {
          const moved = this.scale(name).value(Number(input.value));
          this.byReader(() => this.set({ [name]: moved }));
        });
      }
      const [image] = figure.getElementsByTagName("img");
      const size = { width: image.getAttribute("width"), height: image.getAttribute("height") };
      const viewBox = `0 0 ${size.width} ${size.height}`;
      this.svg = element(image.parentElement, "svg", { ...size, viewBox, role: "img", "aria-label": image.alt });
      this.set({});
      figure.querySelector("fieldset").disabled = false;
      figure.classList.add("live");
      figure.explored = this;
    }

    /** The parts of a kind by their names; the page must have exactly those that the script knows. */
    parts(kind, attribute, known) {
      const parts = [...this.figure.querySelectorAll(`${kind}[${attribute}]`)];
      const found = Object.fromEntries(parts.map((part) => [part.getAttribute(attribute), part]));
      const [here, there] = [found, known].map((names) => Object.keys(names).sort().join(", "));
      if (here !== there) throw new Error(`${this.figure.dataset.explore}: the page has ${kind}s ${here}; needed: ${there}`);
      return found;
    }

    scale(name) {
      return SCALES[this.controls[name].scale ?? "linear"];
    }

    /** Give some controls new values; drawing and numbers follow. */
    set(values) {
      Object.assign(this.values, values);
      this.results = this.compute(this.values);
      this.svg.replaceChildren();
      this.draw(this.svg, this.results, this.values);
      for (const [name, input] of Object.entries(this.inputs)) {
        const text = (this.controls[name].show ?? short)(this.values[name]);
        input.value = this.scale(name).position(this.values[name]);
        input.setAttribute("aria-valuetext", text);
        input.parentElement.querySelector("[data-value]").textContent = text;
      }
      for (const place of this.figure.querySelectorAll("[data-result]")) {
        const result = this.results[place.dataset.result];
        place.textContent = typeof result === "number" ? this.show(result) : this.word(result);
      }
    }

    /** What the page calls an outcome that is no number. */
    word(outcome) {
      return JSON.parse(this.figure.dataset.words)[outcome];
    }

    /** A change that the reader makes: it ends a running animation, and is announced once it has come to rest. */
    byReader(change) {
      cancelAnimationFrame(this.running);
      change();
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => {
        const results = [...this.figure.querySelectorAll(".explore-results > span")];
        this.figure.querySelector("output").textContent = results.map((result) => result.textContent).join("; ");
      }, 500);
    }

    /** Move one control over its whole range, or to its end at once where motion is not wanted. */
    play(name, start, end, seconds = 5) {
      if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.set({ [name]: end });
      const began = performance.now();
      const frame = (now) => {
        const share = Math.min(1, Math.max(0, (now - began) / (1000 * seconds)));
        this.set({ [name]: Math.round(start + share * (end - start)) });
        if (share < 1) this.running = requestAnimationFrame(frame);
      };
      this.running = requestAnimationFrame(frame);
    }
  }

  /** Bring all figures of a name on the page to life. */
  const define = (name, definition) => {
    for (const figure of document.querySelectorAll(`[data-explore="${name}"]`)) new Explorable(figure, definition);
  };

  /** `count` numbers from `start` to `end`, evenly spaced. */
  const linspace = (start, end, count) =>
    Array.from({ length: count }, (_, i) => start + ((end - start) * i) / (count - 1));

  Object.assign(explore, { Axes, decimals, define, element, format, linspace, power });
}
