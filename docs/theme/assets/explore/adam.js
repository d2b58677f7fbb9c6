// imports: momentum
// The explorable figure of the chapter on adaptive methods; the function is that of dlnotes/adam.py.
"use strict";

{
  const { Axes, bowl, define, drawBowl, drawLosses, linspace, power, relativeLosses, turn } = explore;
  const { SGD } = explore.momentum;

  /** All points of Adam (adam-moments, adam-corrected, adam-step). */
  const Adam = (gradient, start, lr, [beta1, beta2], steps, eps = 1e-8) => {
    const points = [start];
    let [m, v] = [start.map(() => 0), start.map(() => 0)];
    for (let t = 1; t <= steps; t++) {
      const point = points[t - 1];
      const g = gradient(point);
      m = m.map((mean, i) => mean + (1 - beta1) * (g[i] - mean));
      v = v.map((square, i) => beta2 * square + (1 - beta2) * g[i] ** 2);
      const divisors = v.map((square) => Math.sqrt(square) / Math.sqrt(1 - beta2 ** t) + eps);
      points.push(point.map((x, i) => x - ((lr / (1 - beta1 ** t)) * m[i]) / divisors[i]));
    }
    return points;
  };

  const KAPPA = 100;
  const START = [-1, 0.7]; // turned along with the bowl
  const STEPS = 200;
  const ANGLES = linspace(0, 90, 31);

  /** Both paths in the bowl turned by an angle in degrees. */
  const descend = ({ lr_sgd, lr_adam, beta1, beta2 }, degrees) => {
    const angle = (degrees * Math.PI) / 180;
    const { loss, gradient } = bowl(KAPPA, angle);
    const start = turn(START, angle);
    const sgd = SGD(gradient, start, lr_sgd / KAPPA, beta1, STEPS);
    const adam = Adam(gradient, start, lr_adam, [beta1, beta2], STEPS);
    return { sgd, adam, losses_sgd: relativeLosses(sgd, loss), losses_adam: relativeLosses(adam, loss) };
  };

  let curves = { of: "" }; // the last losses against the angle; kept while nothing but the angle changes
  const compute = ({ angle, ...rates }) => {
    const paths = descend(rates, angle);
    if (curves.of !== JSON.stringify(rates)) {
      const all = ANGLES.map((degrees) => descend(rates, degrees));
      const [sgd, adam] = ["losses_sgd", "losses_adam"].map((name) => all.map((losses) => losses[name][STEPS]));
      curves = { of: JSON.stringify(rates), sgd, adam };
    }
    const [loss_sgd, loss_adam] = [paths.losses_sgd[STEPS], paths.losses_adam[STEPS]];
    return { ...paths, loss_sgd, loss_adam, turned_sgd: curves.sgd, turned_adam: curves.adam };
  };

  const draw = (svg, results, { angle }) => {
    drawBowl(svg, KAPPA, (angle * Math.PI) / 180, [[results.sgd, "c1"], [results.adam, "c0"]]);
    drawLosses(svg, [398, 26, 164, 104], [[results.losses_sgd, "c1"], [results.losses_adam, "c0"]]);
    const axes = new Axes(svg, { box: [398, 196, 164, 84], xlim: [0, 90], ylim: [-12, 4], xlabel: "φ",
      ylabel: "f(θ₂₀₀) / f(θ₀)", xticks: [0, 45, 90].map((tick) => [tick, `${tick}°`]),
      yticks: [-12, -4, 4].map((exponent) => [exponent, power(exponent)]) });
    for (const [losses, now, style] of [
      [results.turned_sgd, results.loss_sgd, "c1"],
      [results.turned_adam, results.loss_adam, "c0"],
    ]) {
      axes.line(losses.map((loss, i) => [ANGLES[i], Math.log10(Math.max(loss, 1e-300))]), style);
      axes.dots([[angle, Math.log10(Math.max(now, 1e-300))]], 5, style);
    }
  };

  define("adam/bowl", {
    controls: {
      angle: { from: 0, to: 90, step: 1, value: 0, show: (degrees) => `${degrees}°` },
      lr_sgd: { from: 0.02, to: 4.2, step: 0.02, value: 0.5 },
      lr_adam: { from: -3, to: 0.5, step: 0.05, value: 0.1, scale: "log" },
      beta1: { from: 0, to: 0.99, step: 0.01, value: 0.9 },
      beta2: { from: 0, to: 4, step: 0.1, value: 0.999, scale: "share" },
    },
    compute,
    draw,
  });
  explore.adam = { Adam };
}
