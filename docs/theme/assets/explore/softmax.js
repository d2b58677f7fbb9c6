// The explorable figure of the softmax chapter; the functions are those of dlnotes/softmax.py.
"use strict";

{
  const { Axes, decimals, define, element, linspace, power } = explore;

  /** Scores to probabilities (softmax-definition); the largest score is subtracted before exp could overflow. */
  const softmax = (input) => {
    const m = Math.max(...input);
    const u = input.map((z) => Math.exp(z - m));
    const s = u.reduce((a, b) => a + b);
    return u.map((entry) => entry / s);
  };

  /** (softmax-entropy) in nats, with 0 log 0 = 0. */
  const entropy = (probs) => probs.reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0);

  const CORNERS = [[0, 0], [1, 0], [0.5, Math.sqrt(0.75)]]; // class 1, 2, 3 certain
  const inTriangle = (a) => [0, 1].map((axis) => a.reduce((sum, p, k) => sum + p * CORNERS[k][axis], 0));

  /** The distributions of one entropy, at least log 2: the farthest on every ray from the centre. */
  const contour = (level) =>
    linspace(0, 2 * Math.PI, 91).map((angle) => {
      const at = (r) => [0, 1, 2].map((k) => 1 / 3 + r * Math.cos(angle + (2 * Math.PI * k) / 3));
      let [inner, outer] = [0, 1];
      for (let i = 0; i < 40; i++) {
        const middle = (inner + outer) / 2;
        const a = at(middle);
        if (Math.min(...a) >= 0 && entropy(a) >= level) inner = middle;
        else outer = middle;
      }
      return inTriangle(at(inner));
    });
  const CONTOURS = [Math.LN2, 0.85, 1].map(contour);
  const EXPONENTS = linspace(-3, 3, 241); // of the temperatures on the curves

  /** (softmax-temperature) at the temperature of the slider and at all others. */
  const compute = ({ z1, z2, z3, T }) => {
    const tempered = (temperature) => softmax([z1, z2, z3].map((z) => z / temperature));
    const probabilities = tempered(T);
    const path = EXPONENTS.map((exponent) => tempered(10 ** exponent));
    const [a1, a2, a3] = probabilities;
    return { a1, a2, a3, entropy: entropy(probabilities), probabilities, path };
  };

  const draw = (svg, { probabilities, path, entropy: H }, { T }) => {
    const triangle = new Axes(svg, { box: [38, 42, 266, 232], xlim: [-0.01, 1.01], ylim: [-0.02, 0.87],
      lines: false });
    triangle.line([...CORNERS, CORNERS[0]], "frame");
    for (const level of CONTOURS) triangle.line(level, "thin c5");
    triangle.line(path.map(inTriangle), "c1");
    triangle.dots([inTriangle(probabilities)], 7, "c1");
    for (const [k, x, y] of [["₁", 38, 296], ["₂", 304, 296], ["₃", 171, 32]])
      element(svg, "text", { x, y, class: "middle" }, `a${k} = 1`);

    const bars = new Axes(svg, { box: [384, 34, 180, 106], xlim: [0.4, 3.6], ylim: [0, 1], yticks: [0, 0.5, 1],
      xticks: [[1, "a₁"], [2, "a₂"], [3, "a₃"]] });
    probabilities.forEach((a, k) => {
      bars.line([[k + 0.7, 0], [k + 0.7, a], [k + 1.3, a], [k + 1.3, 0]], "filled c0");
      element(svg, "text", { x: 384 + (180 * (k + 0.6)) / 3.2, y: 26, class: "middle" }, a.toFixed(3));
    });

    const curve = new Axes(svg, { box: [384, 196, 180, 90], xlim: [-3, 3], ylim: [0, 1.2],
      xticks: [-3, 0, 3].map((e) => [e, power(e)]),
      yticks: [0, [Math.LN2, "log 2"], [Math.log(3), "log 3"]], xlabel: "T", title: `H = ${decimals(H)}` });
    curve.line(path.map((a, i) => [EXPONENTS[i], entropy(a)]), "c1");
    curve.dots([[Math.log10(T), H]], 6, "c1");
  };

  const score = (value) => ({ from: -5, to: 5, step: 0.1, value });
  define("softmax/simplex", {
    controls: { z1: score(1), z2: score(2), z3: score(3), T: { from: -3, to: 3, step: 0.05, value: 1, scale: "log" } },
    compute,
    draw,
    show: decimals,
  });
  explore.softmax = { softmax, entropy };
}
