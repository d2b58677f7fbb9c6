// The explorable figure of the momentum chapter; the functions are those of dlnotes/momentum.py.
"use strict";

{
  const { Axes, define, linspace, power } = explore;

  /** All points of torch's SGD with momentum (momentum-torch): the velocity adds up gradients, the first is g itself. */
  const SGD = (gradient, start, lr, momentum, steps) => {
    const points = [start];
    let velocity = start.map(() => 0);
    for (let t = 0; t < steps; t++) {
      const point = points[t];
      const g = gradient(point);
      velocity = velocity.map((v, i) => momentum * v + g[i]);
      points.push(point.map((x, i) => x - lr * velocity[i]));
    }
    return points;
  };

  /** Factor per step in the long run for h = ηλ, the larger root of (momentum-heavy-ball-polynomial). */
  const heavy_ball_radius = (curvature, momentum) => {
    const total = 1 + momentum - curvature;
    const discriminant = total ** 2 - 4 * momentum;
    if (discriminant < 0) return Math.sqrt(momentum);
    return (Math.abs(total) + Math.sqrt(discriminant)) / 2;
  };

  /** The constants of the best worst rate for eigenvalues from `smallest` to `largest` (momentum-heavy-ball-best). */
  const optimal_heavy_ball = (smallest, largest) => {
    const [low, high] = [Math.sqrt(smallest), Math.sqrt(largest)];
    const rate = (high - low) / (high + low);
    return { lr: 4 / (high + low) ** 2, momentum: rate ** 2, rate };
  };

  /** Turn a point around the origin. */
  const turn = ([x, y], angle) => {
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    return [c * x - s * y, s * x + c * y];
  };

  /** The bowl ½ (x² + κ y²), turned by an angle. */
  const bowl = (kappa, angle = 0) => {
    const along = (point) => turn(point, -angle);
    return {
      loss: (point) => {
        const [x, y] = along(point);
        return (x ** 2 + kappa * y ** 2) / 2;
      },
      gradient: (point) => {
        const [x, y] = along(point);
        return turn([x, kappa * y], angle);
      },
    };
  };

  /** Losses in units of that of the first point. */
  const relativeLosses = (points, loss) => points.map((point) => loss(point) / loss(points[0]));

  /** Level lines of the bowl, its minimum, and the paths of points with their styles. */
  const drawBowl = (svg, kappa, angle, paths) => {
    const axes = new Axes(svg, { box: [44, 26, 282, 254], xlim: [-1.25, 1.25], ylim: [-1.126, 1.126],
      xticks: [-1, 0, 1], yticks: [-1, 0, 1], xlabel: "θ₁", ylabel: "θ₂" });
    const circle = linspace(0, 2 * Math.PI, 121);
    for (const r of [0.3, 0.6, 0.9, 1.2]) {
      const ellipse = circle.map((s) => turn([r * Math.cos(s), (r * Math.sin(s)) / Math.sqrt(kappa)], angle));
      axes.line(ellipse, "thin c5");
    }
    for (const [points, style] of paths) {
      axes.line(points, style);
      axes.dots(points, 2.6, style);
    }
    axes.dots([[0, 0]], 4, "c5");
  };

  /** Losses against the step, on a logarithmic scale. */
  const drawLosses = (svg, box, lines) => {
    const steps = lines[0][0].length - 1;
    const axes = new Axes(svg, { box, xlim: [0, steps], ylim: [-12, 4], xticks: [0, steps / 2, steps],
      yticks: [-12, -8, -4, 0, 4].map((exponent) => [exponent, power(exponent)]), xlabel: "t", ylabel: "f(θₜ) / f(θ₀)" });
    for (const [losses, style] of lines)
      axes.line(losses.map((loss, t) => [t, Math.log10(Math.max(loss, 1e-300))]), style);
  };

  const START = [-1, 0.7];
  const STEPS = 100;

  /** Path, losses and predicted rate; the learning rate is in units of 1 / L, with the eigenvalues 1 and L = κ. */
  const compute = ({ kappa, lr, momentum }) => {
    const { loss, gradient } = bowl(kappa);
    const points = SGD(gradient, START, lr / kappa, momentum, STEPS);
    const losses = relativeLosses(points, loss);
    const rho = Math.max(...[1 / kappa, 1].map((curvature) => heavy_ball_radius(lr * curvature, momentum)));
    const verdict = rho < 1 ? "converges" : rho > 1 ? "diverges" : "neither";
    return { points, losses, loss: losses[STEPS], rho, limit: 2 * (1 + momentum), verdict };
  };

  const draw = (svg, { points, losses, rho }, { kappa }) => {
    drawBowl(svg, kappa, 0, [[points, "c1"]]);
    const predicted = losses.map((_, t) => rho ** (2 * t));
    drawLosses(svg, [398, 26, 164, 254], [[predicted, "dashed c5"], [losses, "c1"]]);
  };

  define("momentum/bowl", {
    controls: {
      kappa: { from: 0, to: 3, step: 0.05, value: 50, scale: "log" },
      lr: { from: 0.02, to: 4.4, step: 0.02, value: 1.9 },
      momentum: { from: 0, to: 0.99, step: 0.01, value: 0 },
    },
    buttons: {
      descent: (figure) => figure.set({ lr: (2 * figure.values.kappa) / (figure.values.kappa + 1), momentum: 0 }),
      best: (figure) => {
        const { lr, momentum } = optimal_heavy_ball(1, figure.values.kappa);
        figure.set({ lr: lr * figure.values.kappa, momentum });
      },
    },
    compute,
    draw,
  });
  explore.momentum = { SGD, heavy_ball_radius, optimal_heavy_ball };
  Object.assign(explore, { bowl, drawBowl, drawLosses, relativeLosses, turn });
}
