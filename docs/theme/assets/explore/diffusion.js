// The explorable figure of the diffusion chapter; the functions are those of dlnotes/diffusion.py.
"use strict";

{
  const { Axes, define, format, linspace } = explore;

  /** The exact denoiser of a finite data set (diffusion-posterior-mean), weights by (diffusion-weights-softmax). */
  const posterior_mean = (x, data, sigma) => {
    const squares = data.map((point) => point.reduce((sum, entry, i) => sum + (x[i] - entry) ** 2, 0));
    const nearest = Math.min(...squares); // its weight is exp(0), so that the sum is never 0
    const weights = squares.map((square) => Math.exp((nearest - square) / sigma / sigma / 2)); // sigma² could be 0
    const total = weights.reduce((a, b) => a + b);
    return x.map((_, i) => data.reduce((sum, point, n) => sum + (weights[n] / total) * point[i], 0));
  };

  /** Noise levels from sigma_max down to sigma_min, and then 0 (diffusion-levels). */
  const noise_levels = (sigma_max, sigma_min, steps, rho = 7) => [
    ...linspace(sigma_max ** (1 / rho), sigma_min ** (1 / rho), steps).map((root) => root ** rho),
    0,
  ];

  /** One step of the probability flow by Heun's method (diffusion-heun); to level 0 by Euler's (diffusion-ode-step). */
  const heun_step = (denoiser, x, sigma, sigma_next) => {
    const velocity = (z, level) => {
      const clean = denoiser(z, level);
      return z.map((entry, i) => (entry - clean[i]) / level); // (diffusion-flow)
    };
    const moved = (u) => x.map((entry, i) => entry + (sigma_next - sigma) * u[i]);
    const u = velocity(x, sigma);
    if (sigma_next === 0) return moved(u);
    const ahead = velocity(moved(u), sigma_next);
    return moved(u.map((entry, i) => (entry + ahead[i]) / 2));
  };

  /** Standard normal numbers, the same as those of dlnotes/figures/diffusion.py: Lehmer's generator, Box and Muller. */
  const normals = (count, seed) => {
    let state = seed;
    const uniform = () => (state = (48271 * state) % 2147483647) / 2147483647;
    return Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()));
  };

  const DATA = [[0, 1], [-0.9, -0.5], [0.9, -0.5]];
  const LEVELS = noise_levels(10, 0.02, 40).reverse(); // rising: time runs forward
  const LAST = LEVELS.length - 1;
  const COUNT = 150;
  const numbers = normals(2 * COUNT, 1);
  const NOISE = Array.from({ length: COUNT }, (_, i) => numbers.slice(2 * i, 2 * i + 2));
  const ORIGIN = NOISE.map((_, i) => i % DATA.length);

  /** (diffusion-noise): the clouds of noisy data at a level. */
  const noisy = (sigma) => NOISE.map((noise, i) => noise.map((entry, k) => DATA[ORIGIN[i]][k] + sigma * entry));

  /** Clouds of the probability flow at all levels, from pure noise. */
  const flow = [];
  flow[LAST] = NOISE.map((noise) => noise.map((entry) => LEVELS[LAST] * entry));
  for (let t = LAST; t > 0; t--)
    flow[t - 1] = flow[t].map((x) => heun_step((z, s) => posterior_mean(z, DATA, s), x, LEVELS[t], LEVELS[t - 1]));

  const squaredDistance = (a, b) => a.reduce((sum, entry, i) => sum + (entry - b[i]) ** 2, 0);
  const nearest = (x) => {
    const distances = DATA.map((point) => squaredDistance(x, point));
    return distances.indexOf(Math.min(...distances));
  };
  const END = flow[0].map(nearest);
  const meanSquare = (cloud) => cloud.reduce((sum, x) => sum + squaredDistance(x, [0, 0]), 0) / cloud.length;

  const compute = ({ t }) => {
    const sigma = LEVELS[t];
    const forward = noisy(sigma);
    return {
      sigma,
      forward,
      backward: flow[t],
      square_forward: meanSquare(forward),
      square_backward: meanSquare(flow[t]),
      square: meanSquare(DATA) + 2 * sigma ** 2, // of the law, in two dimensions
      home: END.filter((end, i) => end === ORIGIN[i]).length / COUNT,
    };
  };

  const draw = (svg, { sigma, forward, backward }) => {
    const scale = Math.sqrt(1 + sigma ** 2);
    const scaled = (cloud) => cloud.map((x) => x.map((entry) => entry / scale));
    for (const [left, title, cloud, colours] of [
      [34, "x + σε", forward, ORIGIN],
      [322, "dz/dσ = −σs", backward, END],
    ]) {
      const axes = new Axes(svg, { box: [left, 30, 246, 246], xlim: [-2.6, 2.6], ylim: [-2.6, 2.6], title,
        xticks: [-2, 0, 2], yticks: [-2, 0, 2], xlabel: "z₁ / (1 + σ²)^½" });
      scaled(cloud).forEach((x, i) => axes.dots([x], 3.2, `c${colours[i]}`));
      axes.dots(scaled(DATA), 6, "hollow");
    }
  };

  define("diffusion/cloud", {
    controls: { t: { from: 0, to: LAST, step: 1, value: 22, show: (t) => `σ = ${format(LEVELS[t])}` } },
    buttons: {
      forward: (figure) => figure.play("t", 0, LAST),
      backward: (figure) => figure.play("t", LAST, 0),
    },
    compute,
    draw,
  });
  explore.diffusion = { posterior_mean, noise_levels, heun_step };
  explore.normals = normals;
}
