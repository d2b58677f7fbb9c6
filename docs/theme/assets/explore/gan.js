// The explorable figure of the chapter on generative adversarial networks; the functions are those of dlnotes/gan.py,
// for densities in the place of finite laws: sums become integrals, and densities are given by their logarithms.
"use strict";

{
  const { Axes, decimals, define, linspace } = explore;

  /** log(1 + exp(a)), without overflow. */
  const softplus = (a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));

  /** The logit of the best discriminator, log p - log q (gan-density-ratio), as a probability (gan-optimal). */
  const optimal_discriminator = (log_p, log_q) => log_p.map((lp, i) => Math.exp(-softplus(log_q[i] - lp)));

  /** Trapezoidal rule; for smooth functions that vanish at both ends it converges faster than any power of h. */
  const integrate = (values, h) => values.reduce((sum, value) => sum + value, 0) * h;

  /** (gan-value) at the best discriminator: log D = -softplus(-a) and log(1 - D) = -softplus(a), (gan-softplus). */
  const value = (log_p, log_q, h) =>
    integrate(
      log_p.map((lp, i) => {
        const a = lp - log_q[i];
        return -Math.exp(lp) * softplus(-a) - Math.exp(log_q[i]) * softplus(a);
      }),
      h,
    );

  /** (gan-jsd): half the divergences of p and q from their mixture m (gan-mixture). */
  const jensen_shannon = (log_p, log_q, h) =>
    integrate(
      log_p.map((lp, i) => {
        const lq = log_q[i];
        const log_m = Math.max(lp, lq) + Math.log1p(Math.exp(-Math.abs(lp - lq))) - Math.LN2;
        return (Math.exp(lp) * (lp - log_m) + Math.exp(lq) * (lq - log_m)) / 2;
      }),
      h,
    );

  const logNormal = (mean, std) => (x) => -(((x - mean) / std) ** 2) / 2 - Math.log(std * Math.sqrt(2 * Math.PI));

  /** Logarithms of both densities on a grid that holds all of their mass, and its spacing. */
  const onGrid = ({ mean_p, std_p, mean_q, std_q }) => {
    const low = Math.min(mean_p - 9 * std_p, mean_q - 9 * std_q);
    const high = Math.max(mean_p + 9 * std_p, mean_q + 9 * std_q);
    const x = linspace(low, high, 2001);
    return [x.map(logNormal(mean_p, std_p)), x.map(logNormal(mean_q, std_q)), x[1] - x[0]];
  };

  const SHOWN = linspace(-5, 5, 401);
  const MEANS = linspace(-3, 3, 61); // of q, for the curve of values

  const compute = (values) => {
    const grids = onGrid(values);
    const [log_p, log_q] = [logNormal(values.mean_p, values.std_p), logNormal(values.mean_q, values.std_q)].map((log) =>
      SHOWN.map(log),
    );
    const jsd = jensen_shannon(...grids);
    return {
      log_p,
      log_q,
      D: optimal_discriminator(log_p, log_q),
      jsd,
      value: value(...grids),
      bound: -Math.log(4) + 2 * jsd, // (gan-value-jsd)
      curve: MEANS.map((mean_q) => value(...onGrid({ ...values, mean_q }))),
    };
  };

  const draw = (svg, { log_p, log_q, D, curve, value }, { mean_q }) => {
    const top = Math.exp(Math.max(...log_p, ...log_q));
    const densities = new Axes(svg, { box: [44, 26, 290, 118], xlim: [-5, 5], ylim: [0, 1.05 * top], ylabel: "p, q",
      yticks: [0, Number((0.8 * top).toPrecision(1))], xticks: [-4, -2, 0, 2, 4] });
    densities.line(SHOWN.map((x, i) => [x, Math.exp(log_p[i])]), "c0");
    densities.line(SHOWN.map((x, i) => [x, Math.exp(log_q[i])]), "dashed c1");
    const best = new Axes(svg, { box: [44, 196, 290, 90], xlim: [-5, 5], ylim: [-0.04, 1.04], ylabel: "D̂", xlabel: "x",
      yticks: [0, 0.5, 1], xticks: [-4, -2, 0, 2, 4] });
    best.line([[-5, 0.5], [5, 0.5]], "thin c5");
    best.line(SHOWN.map((x, i) => [x, D[i]]), "c3");
    const values = new Axes(svg, { box: [408, 26, 154, 260], xlim: [-3, 3], ylim: [-1.5, 0.1], xlabel: "μ(q)",
      ylabel: "V(D̂, q)", xticks: [-3, 0, 3], yticks: [[-Math.log(4), "−log 4"], -1, -0.5, 0] });
    values.line([[-3, -Math.log(4)], [3, -Math.log(4)]], "thin c5");
    values.line(MEANS.map((mean, i) => [mean, curve[i]]), "c1");
    values.dots([[mean_q, value]], 6, "c1");
  };

  const mean = (start) => ({ from: -3, to: 3, step: 0.05, value: start });
  const std = (start) => ({ from: -1, to: 0.3, step: 0.02, value: start, scale: "log" });
  define("gan/densities", {
    controls: { mean_p: mean(1), std_p: std(0.8), mean_q: mean(-0.5), std_q: std(1.2) },
    compute,
    draw,
    show: decimals,
  });
  explore.gan = { optimal_discriminator, value, jensen_shannon };
}
