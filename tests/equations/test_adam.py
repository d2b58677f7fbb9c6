"""The equations of the chapter on adaptive methods, evaluated from their LaTeX, against torch's optimisers."""

import math

import numpy as np
import pytest
import torch
from equations.draws import checker, rand, uniform

from dlnotes.book.equations import RandomVariable, eq

check = checker("adam")

D, T = 3, 4
THETA, G, M, V, R = r"\boldsymbol{\theta}", r"\mathbf{g}", r"\mathbf{m}", r"\mathbf{v}", r"\mathbf{r}"
STEPS = {"t": [1, 2, 4]}


def number(value):
    return torch.tensor(value, dtype=torch.float64)


def follow(make, gradients, start=None):
    """Points and buffers of torch's optimiser under given gradients, as families from 0."""
    start = rand(*gradients[0].shape) if start is None else start
    param = start.clone().requires_grad_()
    optimizer = make([param])
    families = {"point": {0: start}}
    for t, gradient in enumerate(gradients, 1):
        param.grad = gradient.clone()
        optimizer.step()
        families["point"][t] = param.detach().clone()
        for name, buffer in optimizer.state[param].items():
            families.setdefault(name, {0: torch.zeros_like(start)})[t] = buffer.detach().clone()
    return families


def gradients(steps=T, *shape):
    return [rand(*(shape or (D,))) for _ in range(steps)]


def family(tensors):
    return dict(enumerate(tensors, 1))


def adam(lr=0.3, betas=(0.8, 0.95), eps=0.07, **options):
    return lambda params: torch.optim.Adam(params, lr=lr, betas=betas, eps=eps, **options)


BETAS = {r"\beta_1": 0.8, r"\beta_2": 0.95}

# ---- A learning rate for each parameter


def per_parameter(lrs, gradient, start, steps):
    """Torch's gradient descent with a learning rate for each parameter."""
    params = [x.clone().requires_grad_() for x in start]
    optimizer = torch.optim.SGD([{"params": [p], "lr": float(lr)} for p, lr in zip(params, lrs, strict=True)])
    points, seen = {0: start}, {}
    for t in range(1, steps + 1):
        seen[t] = gradient(points[t - 1])
        for param, entry in zip(params, seen[t], strict=True):
            param.grad = entry.clone()
        optimizer.step()
        points[t] = torch.stack([param.detach().clone() for param in params])
    return points, seen


def test_one_rate_each():
    factors = {t: rand(D).abs() for t in (1, 2)}
    start, lr = rand(D), 0.3
    points, seen = {0: start}, {}
    for t in (1, 2):
        moved, gradient = per_parameter(lr * factors[t], lambda x: x.sin() + 2, points[t - 1], 1)
        points[t], seen[t] = moved[1], gradient[1]
    check("general", {THETA: points, r"\mathbf{d}": factors, G: seen, r"\eta": lr}, forall={"t": [1, 2]})
    curvatures = rand(D).abs() + 0.1
    points, _ = per_parameter(lr / curvatures, lambda x: curvatures * x, start, 3)
    check("diagonal", {THETA: points, r"\eta": lr}, forall={"t": [1, 3]})


def test_proxy():
    errors, h = rand(5), uniform(0.5, 2)
    losses = [torch.func.grad(lambda e: 0.5 * h * e**2)(error) for error in errors]
    share = [0.2] * 5
    check("proxy", {"g": RandomVariable(losses, share), "e": RandomVariable(list(errors), share), "h": h})


# ---- Adagrad


def adagrad(lr=0.3, **options):
    return lambda params: torch.optim.Adagrad(params, lr=lr, **options)


def test_adagrad():
    g = gradients()
    run = follow(adagrad(eps=0.07), g)
    check("adagrad", {THETA: run["point"], R: run["sum"], G: g, r"\eta": 0.3, r"\varepsilon": 0.07}, forall=STEPS)
    run = follow(adagrad(initial_accumulator_value=0.6), g)
    sums = run["sum"] | {0: torch.full((D,), 0.6, dtype=torch.float64)}
    check("adagrad-sum", {R: sums, G: g}, forall=STEPS)
    opposite = [g[0], -g[0]]
    run = follow(adagrad(eps=0.0), opposite)
    check("adagrad-first", {THETA: run["point"], G: opposite, r"\eta": 0.3})


def test_adagrad_growth():
    """All sequences of two values: the mean of torch's sum, exactly."""
    low, high = rand().abs() + 0.2, rand().abs() + 1.5
    sigma = ((low**2 + high**2) / 2).sqrt()
    for t in (2, 3):
        sequences = torch.cartesian_prod(*[torch.stack([low, high])] * t)
        sums = [follow(adagrad(initial_accumulator_value=0.6), list(one))["sum"][t] for one in sequences]
        mean = RandomVariable(sums, [1 / len(sums)] * len(sums))
        check("adagrad-growth", {"r": mean, "r_0": 0.6, "t": t, r"\sigma": sigma})


def test_adagrad_decay():
    sigma = rand().abs() + 0.2
    g = [sign * sigma for sign in (1, -1, -1, 1, 1)]
    check("adagrad-decay", {r"\theta": follow(adagrad(eps=0.0), g)["point"], r"\eta": 0.3}, forall={"t": [1, 2, 5]})


def regret_run(g, lr=0.3, u=0.4):
    run = follow(adagrad(lr=lr, eps=0.0), [number(float(x)) for x in g])
    errors = {t: point - u for t, point in run["point"].items()}
    return {"g": [number(float(x)) for x in g], "r": run["sum"], "e": errors, r"\eta": lr}


def test_regret_step():
    check("regret-step", regret_run(rand(T)), forall=STEPS)


def test_regret_first():
    """Any growing sequence and any errors below D; with errors of D throughout and 0 at the end it is an equality."""
    roots = family(rand(5).abs().cumsum(0) ** 2)
    for errors in (0.9 * torch.rand(6).double(), 1.7 * torch.tensor([1.0, -1, 1, 1, -1, 0]).double()):
        bindings = {"r": roots, "e": dict(enumerate(errors)), "D": 1.7, "T": 5}
        tight = {2: 1e-9} if errors[-1] == 0 else None
        check("regret-first", bindings, tight=tight)


def test_regret_second():
    for start, scale in ((0.0, 1.0), (1.0, 1e-5)):
        g = scale * rand(3)
        run = follow(adagrad(initial_accumulator_value=start), list(g))
        sums = run["sum"] | {0: number(start)}
        check(
            "regret-second",
            {"g": family(g), "r": sums},
            forall={"t": [2, 3]},
            tight={2: 1e-6} if scale < 1 else None,
            tolerance=1e-4 if scale < 1 else 1e-9,
        )


def test_regret():
    eq("adam-regret").by_program(
        en="two bounds are added that are not reached at once, so that no case makes it an equality",
        zh="两个上界相加，而二者不会同时取到，没有使等号成立的情形可供检验",
    )
    for lr in (0.05, 0.7, 5.0):
        for _ in range(20):
            g = rand(30)
            start, low, high = number(0.2), -1.0, 1.0
            r, theta, u, total = 0.0, start, uniform(low, high), 0.0
            for slope in g:
                total += slope * (theta - u)
                r += slope**2
                theta = (theta - lr * slope / math.sqrt(r)).clamp(low, high)
            assert total <= ((high - low) ** 2 / (2 * lr) + lr) * math.sqrt(r) + 1e-12


# ---- RMSprop


def rmsprop(lr=0.4, alpha=0.7, **options):
    return lambda params: torch.optim.RMSprop(params, lr=lr, alpha=alpha, **options)


def test_rmsprop():
    g = gradients()
    run = follow(rmsprop(eps=0.07), g)
    names = {THETA: run["point"], V: run["square_avg"], G: g, r"\eta": 0.4, r"\varepsilon": 0.07, r"\alpha": 0.7}
    check("rmsprop", names, forall=STEPS)
    for first in (number(1.3), number(-0.2)):
        points = follow(rmsprop(eps=0.0), [first])["point"]
        check("rmsprop-first", {r"\theta": points, r"\eta": 0.4, r"\alpha": 0.7, "g": [first]})


def test_cycle():
    """From the cycle's points, with the average settled, by torch, on an even function."""
    lr, curve = 0.3, uniform(0.5, 2)

    def f(w):
        return curve * w**4 + w**2

    slope = torch.func.grad(lambda w: f(w).sum())
    for side in (1, -1):
        w = torch.tensor([side * lr / 2], dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.RMSprop([w], lr=lr, eps=0.0)
        size = slope(w.detach())
        optimizer.state[w] = {"step": torch.zeros(()), "square_avg": size**2}
        points = {0: w.detach()[0].clone()}
        for t in (1, 2, 3):
            w.grad = slope(w.detach())
            optimizer.step()
            points[t] = w.detach()[0].clone()
        check(
            "cycle",
            {"w": points, "f": f, r"\eta": lr},
            forall={"t": [0, 1, 2]},
            equivalent={"drop the function: f'(w_t)": "an even convex function has a slope of the sign of w"},
        )


def test_centred():
    for g in (rand(5), torch.full((5,), 1.3, dtype=torch.float64)):
        run = follow(rmsprop(centered=True), list(g))
        names = {"v": run["square_avg"], "m": run["grad_avg"], r"\alpha": 0.7}
        check("centred", names, forall={"t": [2, 5]}, tight=1e-9 if g.std() == 0 else None)


# ---- Adam


def corrected(g, beta):
    """Weighted mean of what came, by numpy's own average."""
    rows = torch.stack(g).numpy()
    weights = [beta ** np.arange(t - 1, -1, -1) for t in range(1, len(g) + 1)]
    return {t: torch.as_tensor(np.average(rows[:t], axis=0, weights=w)) for t, w in enumerate(weights, 1)}


def test_adam():
    g = gradients()
    run = follow(adam(), g)
    check("moments", {M: run["exp_avg"], V: run["exp_avg_sq"], G: g} | BETAS, forall=STEPS)
    m_hat, v_hat = corrected(g, 0.8), corrected([x * x for x in g], 0.95)
    names = {M: run["exp_avg"], V: run["exp_avg_sq"], r"\hat{\mathbf{m}}": m_hat, r"\hat{\mathbf{v}}": v_hat}
    check("corrected", names | BETAS, forall=STEPS)
    names |= {THETA: run["point"], r"\eta": 0.3, r"\varepsilon": 0.07}
    check("step", names, forall=STEPS)
    velocity = follow(lambda params: torch.optim.SGD(params, lr=0.1, momentum=0.8), g)["momentum_buffer"]
    check("buffer", {M: run["exp_avg"], r"\mathbf{b}": velocity, r"\beta_1": 0.8}, forall={"t": [1, 2, 4]})
    for first in (number(1.3), number(-0.05)):
        points = follow(adam(), [first])["point"]
        check("first-step", {r"\theta": points, "g": [first], r"\eta": 0.3, r"\varepsilon": 0.07})


def test_single():
    for last in (number(0.4), number(-1.7)):
        run = follow(adam(), [number(0.0)] * 3 + [last])
        names = {"m": run["exp_avg"], "v": run["exp_avg_sq"], "g": [number(0.0)] * 3 + [last]}
        same = {"m in place of: g": "after zeros the average has the sign of the only gradient"}
        check("single", names | BETAS, forall={"t": [4]}, equivalent=same)


def test_cauchy():
    a, b = rand(D).abs() + 0.1, rand(D).abs() + 0.1
    for g, tight in ((rand(D), None), (1.7 * a / b, 1e-9), (-0.6 * a / b, 1e-9)):
        check("cauchy", {"a": a, "b": b, "g": g, "t": D}, tight=tight)


def test_step_limit():
    growing = [number(1e-3 * (0.95 / 0.8) ** t) for t in range(60)]
    for g, tight in ((list(rand(6)), None), ([-x for x in growing], 1e-6)):
        run = follow(adam(), g)
        names = {"m": run["exp_avg"], "v": run["exp_avg_sq"]}
        check("step-limit", names | BETAS, forall={"t": [len(g)]}, tight=tight)


# ---- Bias correction


def test_unrolled():
    g = list(rand(T))
    run = follow(adam(), g)
    check("unrolled", {"m": run["exp_avg"], "g": g, r"\beta_1": 0.8}, forall=STEPS)
    check("average", {r"\hat{m}": corrected(g, 0.8), "g": g, r"\beta_1": 0.8}, forall=STEPS)
    check("recursion", {r"\hat{m}": corrected(g, 0.8), "g": g, r"\beta_1": 0.8}, forall={"t": [2, 4]})


def test_geometric():
    """For an average of ones by torch the sum of the weights is the average."""
    beta = 0.8
    ones = follow(adam(), [number(1.0)] * 5)["exp_avg"]
    for t in (2, 5):
        check("geometric", {r"\beta": beta, "t": t})
        assert ones[t] == pytest.approx(1 - beta**t)


def test_expectation():
    """Over all sequences of two values, by torch."""
    values = rand(2)
    for t in (2, 3):
        sequences = torch.cartesian_prod(*[values] * t)
        moments = [follow(adam(), list(one))["exp_avg_sq"][t] for one in sequences]
        share = [1 / len(moments)] * len(moments)
        names = {"g": RandomVariable(list(values), [0.5, 0.5]), r"\beta_2": 0.95, "t": t}
        check("expectation", names | {"v": RandomVariable(moments, share)})
        hats = [corrected([x * x for x in one], 0.95)[t] for one in sequences]
        check("unbiased", names | {r"\hat{v}": RandomVariable(hats, share)})


def test_uncorrected():
    g = list(rand(T))
    run = follow(adam(), g)
    hats = {r"\hat{m}": corrected(g, 0.8), r"\hat{v}": corrected([x * x for x in g], 0.95)}
    moments = {"m": run["exp_avg"], "v": run["exp_avg_sq"]} | BETAS
    check("too-fast", moments | hats, forall=STEPS)
    for t in (1, 2, 4):
        bindings = {
            r"\eta_t": 0.3 * corrected_ratio(t),
            r"\varepsilon_t": 0.07 * (1 - 0.95**t) ** 0.5,
            r"\theta_t": run["point"][t],
            r"\theta_{t-1}": run["point"][t - 1],
            "m_t": run["exp_avg"][t],
            "v_t": run["exp_avg_sq"][t],
        }
        check("folded", bindings | {r"\eta": 0.3, r"\varepsilon": 0.07, "t": t} | BETAS)


def corrected_ratio(t):
    """Root of the sum of the second weights over the sum of the first, both averages of ones by torch."""
    ones = follow(adam(), [number(1.0)] * t)
    return (ones["exp_avg_sq"][t].sqrt() / ones["exp_avg"][t]).item()


# ---- ε


def test_epsilon_hat():
    """A step with a constant beside the plain root, and torch's with the ε that the equation gives."""
    hat = 0.04
    for t in (1, 3):
        g = list(rand(t))
        run = follow(adam(), g)
        m, v = run["exp_avg"][t], run["exp_avg_sq"][t]
        step = 0.3 * corrected_ratio(t) * m / (v.sqrt() + hat)
        m_hat, v_hat = corrected(g, 0.8)[t], corrected([x * x for x in g], 0.95)[t]
        eps = 0.3 * m_hat / step - v_hat.sqrt()  # the ε that makes Adam's step equal
        check("epsilon-hat", {r"\varepsilon": eps, r"\hat{\varepsilon}": hat, r"\beta_2": 0.95, "t": t})


def test_epsilon_under():
    for v, eps, tight in ((0.3, 0.2, None), (0.0, 0.2, {1: 1e-9}), (0.3, 1e-20, {1: 1e-9}), (0.3, 0.3, {2: 1e-9})):
        check("epsilon-under", {"v": number(v), r"\varepsilon": number(eps)}, tight=tight)


def test_damping_and_scale():
    for t in (2, 4):
        g = list(rand(t))
        m_hat, v_hat = corrected(g, 0.8), corrected([x * x for x in g], 0.95)
        hats = {r"\hat{m}": m_hat, r"\hat{v}": v_hat, r"\varepsilon": 0.4}
        check("damping", hats, forall={"t": [t]})
        check("scaled", hats | {"c": 2.3}, forall={"t": [t]})
        scaled = follow(adam(), [2.3 * x for x in g], number(0.5))["point"][t]  # and torch's path is the one it says
        assert scaled == pytest.approx(follow(adam(eps=0.07 / 2.3), g, number(0.5))["point"][t].item())


def test_diagonal_invariance():
    g, factors = gradients(), rand(D).abs() + 0.1
    run = follow(adam(), g)
    check(
        "diagonal-invariance",
        {r"\mathbf{C}": torch.diag(factors), M: run["exp_avg"], V: run["exp_avg_sq"]},
        forall={"t": [2, 4]},
    )
    plain, scaled = (follow(adam(eps=0.0), each, torch.zeros(D).double()) for each in (g, [factors * x for x in g]))
    torch.testing.assert_close(plain["point"][T], scaled["point"][T])


# ---- Elementwise or one number


def test_norm():
    """The average of squared norms is that of torch's Adam for the norms as gradients."""
    g = gradients()
    m, v = corrected(g, 0.8), follow(adam(), [x.norm() for x in g])["exp_avg_sq"]
    points = {0: rand(D)}
    for t, m_hat in m.items():
        rate = 0.3 / (corrected([x.norm() ** 2 for x in g], 0.95)[t].sqrt() + 0.07)
        points[t] = follow(lambda params, rate=rate: torch.optim.SGD(params, lr=float(rate)), [m_hat], points[t - 1])[
            "point"
        ][1]
    names = {"v": v, G: g, THETA: points, r"\hat{\mathbf{m}}": m, r"\eta": 0.3, r"\varepsilon": 0.07, r"\beta_2": 0.95}
    check("norm", names, forall=STEPS)


def test_first_length():
    for size in (2, 5):
        points = follow(adam(eps=0.0), [rand(size)])["point"]
        check("first-length", {THETA: points, r"\eta": 0.3, "d": size})


def test_rotation():
    rotation = torch.linalg.qr(rand(D, D)).Q
    turns = {
        r"drop factor 1: \mathbf{R} \mathbf{g}": "the norm stays when the vector is turned: what the equation says",
        r"transpose: \mathbf{R}": "the transpose of an orthogonal matrix is orthogonal",
        r"swap factors 2 and 3: \mathbf{g}^\top \mathbf{R}^\top \mathbf{R} \mathbf{g}": "both are the identity",
    }
    check("rotation", {r"\mathbf{R}": rotation, G: rand(D)}, equivalent=turns)


# ---- AMSGrad


def reddi_moments(large, steps=12):
    """Torch's second moments of three steps after many, and of the one before."""
    beta2 = 1 / (1 + large**2)
    make = adam(lr=0.01, betas=(0.0, beta2), eps=0.0)
    g = [number(large if t % 3 == 0 else -1.0) for t in range(steps)]
    run = follow(make, g, number(0.0))
    moments = {k: run["exp_avg_sq"][steps - 3 + k] for k in range(4)}
    return {"v": moments, "C": large, r"\beta_2": beta2}, run


def test_reddi():
    for large in (2.5, 3.0, 6.0):
        names, _ = reddi_moments(large)
        for label in ("reddi-first", "reddi-second", "reddi-third"):
            check(label, names)
        beta2 = names[r"\beta_2"]
        smallest = follow(adam(betas=(0.0, beta2)), [number(large)])["exp_avg_sq"][1]
        check("reddi-first", names | {"v": {1: smallest}}, tight={1: 1e-9})
        second, third = large**2, 2 * large**2 / (1 + large**2)  # the largest values, and torch's next averages
        for label, k, previous in (("reddi-second", 1, second), ("reddi-third", 2, third)):
            after = next_average(previous, beta2)
            check(label, names | {"v": {k: number(previous), k + 1: after}}, tight={2: 1e-9})


def next_average(previous, beta2):
    """Torch's second moment after a gradient -1, from a given one."""
    x = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([x], betas=(0.0, beta2))
    moments = {"exp_avg": torch.zeros(1).double(), "exp_avg_sq": torch.full((1,), previous, dtype=torch.float64)}
    optimizer.state[x] = {"step": torch.zeros(())} | moments
    x.grad = -torch.ones(1, dtype=torch.float64)
    optimizer.step()
    return optimizer.state[x]["exp_avg_sq"][0]


def test_reddi_drift():
    """The number is the sum of the three bounds, and torch moves by more."""
    check("reddi-drift", {})
    _, run = reddi_moments(3.0, 60)
    moved = (run["point"][60] - run["point"][57]) / 0.01
    assert 0.65 < moved < 1


def test_amsgrad():
    g = [scale * (1 + rand(D).abs()) for scale in (1.0, 0.01, 0.02, 5.0)]  # the average falls, falls and rises
    run = follow(adam(amsgrad=True), g)
    names = {r"\bar{\mathbf{v}}": run["max_exp_avg_sq"], V: run["exp_avg_sq"]}
    maximum = r"\max(\bar{\mathbf{v}}_{t-1}, \mathbf{v}_t)"
    held = "the maximum up to now holds itself"
    same = {
        f"swap arguments: {maximum}": "the maximum is symmetric",
        r"shift index 1 by +1: \bar{\mathbf{v}}_{t-1}": held,
        "drop term 2: t-1": held,
        r"\bar{\mathbf{v}} in place of: \mathbf{v}": held,
    }
    check("amsgrad", names, forall={"t": [1, 2, 3, 4]}, equivalent=same)
    large, beta2 = 3.0, 0.1
    periods = [number(large if t % 3 == 0 else -1.0) for t in range(60)]
    run = follow(adam(lr=0.3, betas=(0.0, beta2), eps=0.0, amsgrad=True), periods)
    names = {"x": run["point"], r"\bar{v}": run["max_exp_avg_sq"][60], "C": large, r"\eta": 0.3}
    check("amsgrad-drift", names, forall={"t": [54, 57]}, tolerance=1e-6)


# ---- AdamW


def adamw(lr=0.3, decay=0.6, eps=0.07, betas=(0.8, 0.95)):
    return lambda params: torch.optim.AdamW(params, lr=lr, betas=betas, eps=eps, weight_decay=decay)


def test_adamw():
    g = gradients()
    run = follow(adamw(), g)
    names = {
        THETA: run["point"],
        r"\hat{\mathbf{m}}": corrected(g, 0.8),
        r"\hat{\mathbf{v}}": corrected([x * x for x in g], 0.95),
        r"\eta": 0.3,
        r"\varepsilon": 0.07,
        r"\lambda": 0.6,
    }
    check("adamw", names, forall=STEPS)


def test_box():
    """Random gradients; and equal ones that push outwards, for which the bound with B = 1 is an equality."""
    bound = {r"\eta": 0.3, r"\lambda": 0.6}
    cases = (
        (number(0.4), list(rand(T)), 5.0),
        (number(1.3), [number(-0.2)] * T, 1.0),
        (number(-1.3), [number(0.2)] * T, 1.0),
    )
    for start, g, largest in cases:
        points = follow(adamw(eps=0.0), g, start)["point"]
        tight = 1e-9 if largest == 1.0 else None
        check("box", bound | {r"\theta": points, "B": largest}, forall={"t": [1, 4]}, tight=tight)


# ---- The family


def test_family():
    g = gradients()
    run = follow(adam(betas=(0.0, 0.0), eps=0.0), g)
    check("signs", {THETA: run["point"], G: g, r"\eta": 0.3}, forall=STEPS)
    sums = follow(adagrad(), g)["sum"]
    means = {0: torch.zeros(D, dtype=torch.float64)} | {t: sums[t] / t for t in range(1, T + 1)}
    check("mean", {V: means, G: g}, forall={"t": [1, 2, 4]})
    one = {"v": {t: value[0] for t, value in means.items()}, "r": {t: value[0] for t, value in sums.items()}}
    entries = [x[0] for x in g]
    check("adagrad-again", one | {"g": entries, r"\eta": 0.3}, forall={"t": [2, 4]})
