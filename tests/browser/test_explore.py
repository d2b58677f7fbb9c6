"""The explorable figures: their numbers are those of dlnotes; keyboard, screen readers, paper, no JavaScript."""

import math
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Locator, Page, expect

from dlnotes.adam import Adam
from dlnotes.book.explore_block import SCRIPTS
from dlnotes.diffusion import heun_step, noise_levels, posterior_mean, sample
from dlnotes.figures import COLOURS, THEMES, style
from dlnotes.figures.diffusion import TRIANGLE, _normals
from dlnotes.gan import jensen_shannon, optimal_discriminator, value
from dlnotes.momentum import SGD, heavy_ball_radius, optimal_heavy_ball
from dlnotes.softmax import entropy, softmax

FIGURES = ("softmax/simplex", "momentum/bowl", "adam/bowl", "gan/densities", "diffusion/cloud")


@dataclass
class Live:
    """An explorable figure on its page."""

    page: Page
    figure: Locator
    first: dict  # its results before anything was moved

    def input(self, name: str) -> Locator:
        return self.figure.locator(f"input[name={name}]")

    def move(self, **positions: float) -> None:
        """Put sliders to positions between 0, left, and 1, right."""
        for name, position in positions.items():
            self.input(name).evaluate(
                """(slider, share) => {
                    slider.value = Number(slider.min) + share * (slider.max - slider.min);
                    slider.dispatchEvent(new Event("input", { bubbles: true }));
                }""",
                position,
            )

    def names(self) -> list[str]:
        return self.figure.locator("input").evaluate_all("sliders => sliders.map(slider => slider.name)")

    @property
    def values(self) -> dict[str, float]:
        return self.figure.evaluate("figure => figure.explored.values")

    @property
    def results(self) -> dict:
        return self.figure.evaluate("figure => figure.explored.results")


@pytest.fixture(scope="module")
def live(browser: Browser, base_url: str) -> Iterator[Callable[[str], Live]]:
    """A figure of the English site, live, as the test before left it; every page is loaded once."""
    context = browser.new_context()
    found: dict[str, Live] = {}

    def live(name: str) -> Live:
        if name not in found:
            page = context.new_page()
            page.goto(f"{base_url}en/{name.partition('/')[0]}/")
            figure = page.locator(f"#fig-{name.replace('/', '-')}.live")
            found[name] = Live(page, figure, figure.evaluate("figure => figure.explored.results"))
        return found[name]

    yield live
    context.close()


# ---- What dlnotes computes for the values of the controls


def double(*values) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def simplex(values: dict, results: dict) -> dict:
    scores = double(values["z1"], values["z2"], values["z3"])
    a = softmax(scores / values["T"], dim=0)
    temperatures = torch.logspace(-3, 3, len(results["path"]), dtype=torch.float64)
    path = softmax(scores / temperatures.unsqueeze(1), dim=1)
    return {"probabilities": a, "a1": a[0], "a2": a[1], "a3": a[2], "entropy": entropy(a, dim=0), "path": path}


def descend(
    make: Callable, hessian: torch.Tensor, start: torch.Tensor, steps: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """The points of an optimiser on half the quadratic form of the Hessian, and their losses over the first one.

    Shapes (steps + 1, …, 2) and (steps + 1, …) for Hessians (…, 2, 2) and starts (…, 2).
    """

    def slope(w: torch.Tensor) -> torch.Tensor:
        return (hessian @ w.unsqueeze(-1)).squeeze(-1)

    w = start.clone().requires_grad_()
    optimizer, points = make([w]), [start]
    for _ in range(steps):
        w.grad = slope(w.detach())
        optimizer.step()
        points.append(w.detach().clone())
    path = torch.stack(points)
    losses = (slope(path) * path).sum(dim=-1)
    return path, losses / losses[0]


def momentum_bowl(values: dict, results: dict) -> dict:
    kappa, beta = values["kappa"], values["momentum"]
    lr = values["lr"] / kappa
    eigenvalues = double(1.0, kappa)
    make = lambda params: SGD(params, lr=lr, momentum=beta)  # noqa: E731
    points, losses = descend(make, eigenvalues.diag(), double(-1.0, 0.7), 100)
    rho = heavy_ball_radius(lr * eigenvalues, beta).max().item()
    assert results["verdict"] == ("converges" if rho < 1 else "diverges")
    return {"points": points, "losses": losses, "loss": losses[-1], "rho": rho, "limit": 2 * (1 + beta)}


def adam_bowl(values: dict, results: dict) -> dict:
    """For the angle of the slider, and for the 31 of the curve at once.

    With little averaging Adam magnifies rounding: its path near the minimum is chaotic, and no two programs agree on
    it. So it is run again from a start that differs by 1e-13; what then differs by more than 1e-9 is not compared.
    """
    angles = torch.cat([double(values["angle"]), torch.linspace(0, 90, 31, dtype=torch.float64)]).deg2rad()
    c, s = angles.cos(), angles.sin()
    turn = torch.stack([c, -s, s, c], dim=1).reshape(-1, 2, 2)
    hessian, start = turn @ double(1.0, 100.0).diag() @ turn.mT, turn @ double(-1.0, 0.7)
    betas = values["beta1"], values["beta2"]
    make_adam = lambda params: Adam(params, lr=values["lr_adam"], betas=betas)  # noqa: E731
    sgd, losses_sgd = descend(
        lambda params: SGD(params, lr=values["lr_sgd"] / 100, momentum=values["beta1"]), hessian, start, 200
    )
    adam, losses_adam = descend(make_adam, hessian, start, 200)
    nearby, _ = descend(make_adam, hessian, start * (1 + 1e-13), 200)
    chaotic = (adam - nearby).abs().amax(dim=-1).cummax(dim=0).values > 1e-9
    assert values["beta1"] < 0.9 or values["beta2"] < 0.9 or not chaotic.any()
    adam[chaotic], losses_adam[chaotic] = math.nan, math.nan
    for name, lost in (("adam", chaotic[:, 0]), ("losses_adam", chaotic[:, 0]), ("turned_adam", chaotic[-1, 1:])):
        results[name] = np.array(results[name])
        results[name][lost] = math.nan
    return {
        "sgd": sgd[:, 0],
        "adam": adam[:, 0],
        "losses_sgd": losses_sgd[:, 0],
        "losses_adam": losses_adam[:, 0],
        "loss_sgd": losses_sgd[-1, 0],
        "loss_adam": results["loss_adam"] if chaotic[-1, 0] else losses_adam[-1, 0],
        "turned_sgd": losses_sgd[-1, 1:],
        "turned_adam": losses_adam[-1, 1:],
    }


PLACES = torch.linspace(-25, 25, 200_001, dtype=torch.float64)  # cells so small that sums are integrals
SHOWN = slice(80_000, 120_001, 100)  # those of them where the figure shows the discriminator


def law(mean: float, std: float) -> torch.Tensor:
    """The probabilities of the cells under a normal law."""
    density = torch.distributions.Normal(double(mean), double(std)).log_prob(PLACES).exp()
    return density * (PLACES[1] - PLACES[0])


def densities(values: dict, results: dict) -> dict:
    p, q = law(values["mean_p"], values["std_p"]), law(values["mean_q"], values["std_q"])
    best = optimal_discriminator(p, q)
    seen = (p + q)[SHOWN] > 1e-290  # elsewhere the quotient is 0 / 0, or of numbers that have lost their digits
    results["D"] = np.array(results["D"])[seen]
    results["curve"] = results["curve"][::20]
    jsd = jensen_shannon(p, q)
    means = torch.linspace(-3, 3, 4).tolist()
    return {
        "D": best[SHOWN][seen],
        "jsd": jsd,
        "value": value(best.clamp(1e-15, 1 - 1e-15), p, q),  # the logarithm of 0, at places that never occur
        "bound": -math.log(4) + 2 * jsd,
        "curve": double(*[-math.log(4) + 2 * jensen_shannon(p, law(mean, values["std_q"])) for mean in means]),
    }


def cloud(values: dict, results: dict) -> dict:
    data, noise = torch.tensor(TRIANGLE), torch.tensor(_normals(300, seed=1).reshape(150, 2))
    levels = noise_levels(10.0, 0.02, 40)
    origin, sigma = torch.arange(150) % 3, levels[40 - values["t"]]
    passed = levels[: 41 - values["t"]]
    flow = sample(heun_step, lambda x, s: posterior_mean(x, data, s), 10 * noise, passed)
    forward = data[origin] + sigma * noise
    end = sample(heun_step, lambda x, s: posterior_mean(x, data, s), 10 * noise, levels)
    home = (torch.cdist(end, data).argmin(1) == origin).double().mean()
    return {
        "sigma": sigma,
        "forward": forward,
        "backward": flow,
        "square_forward": forward.square().sum(1).mean(),
        "square_backward": flow.square().sum(1).mean(),
        "square": data.square().sum(1).mean() + 2 * sigma**2,
        "home": home,
    }


EXPECTED = dict(zip(FIGURES, (simplex, momentum_bowl, adam_bowl, densities, cloud), strict=True))


def assert_agrees(name: str, values: dict, results: dict) -> None:
    """All numbers of a figure are those of dlnotes to 1e-6: of their size above 1, as on paths that diverge."""
    for key, expected in EXPECTED[name](values, results).items():
        wanted, shown = np.asarray(torch.as_tensor(expected)), np.array(results[key], dtype=float)
        size = np.maximum(1, np.abs(wanted))
        np.testing.assert_allclose(shown / size, wanted / size, rtol=0, atol=1e-6, err_msg=f"{name} {key} at {values}")


@pytest.mark.parametrize("name", FIGURES)
def test_numbers_agree_with_dlnotes(live, name):
    """At all corners of what one slider can do, and at random places."""
    figure, generator = live(name), random.Random(name)
    names = figure.names()
    assert_agrees(name, figure.values, figure.results)
    places = [{slider: end for slider in names} for end in (0, 1)]
    places += [{slider: end} for slider in names for end in (0, 1, generator.random())]
    places += [{slider: generator.random() for slider in names} for _ in range(3)]
    for place in places:
        figure.move(**place)
        assert_agrees(name, figure.values, figure.results)


def test_the_comparison_can_fail(live):
    figure = live("softmax/simplex")
    results = figure.results
    results["entropy"] += 2e-6
    with pytest.raises(AssertionError, match="entropy"):
        assert_agrees("softmax/simplex", figure.values, results)


def test_functions_agree_with_dlnotes_where_it_is_hard(live):
    """Scores and logits beyond the range of exp, equal and opposite ones; roots that meet; laws without overlap."""
    page = live("softmax/simplex").page
    for scores in ([1e4, -1e4, 1e4], [0.0, 0.0, 0.0], [-1e308, 0.0, 1e3], [7.0]):
        probs = page.evaluate("scores => explore.softmax.softmax(scores)", scores)
        np.testing.assert_allclose(probs, softmax(double(*scores), dim=0), atol=1e-15)
        shown = page.evaluate("probs => explore.softmax.entropy(probs)", probs)
        assert shown == pytest.approx(entropy(double(*probs), dim=0).item(), abs=1e-15)

    page = live("momentum/bowl").page
    for beta in (0.0, 0.25, 0.81, 0.99, 1.0):
        border = [(1 - beta**0.5) ** 2, (1 + beta**0.5) ** 2]
        for h in (*border, 0.0, 1e-9, 1.0, 2 * (1 + beta), 100.0):
            shown = page.evaluate("([h, beta]) => explore.momentum.heavy_ball_radius(h, beta)", [h, beta])
            assert shown == pytest.approx(heavy_ball_radius(double(h), beta).item(), abs=1e-6)  # a root at the border
    for kappa in (1.0, 9.0, 1e6):
        shown = page.evaluate("kappa => explore.momentum.optimal_heavy_ball(1, kappa)", kappa)
        assert shown == pytest.approx(optimal_heavy_ball(1.0, kappa)._asdict())

    page = live("gan/densities").page
    logs = [[-1e5, -1.0, -800.0, 0.0], [-1.0, -1e5, -801.0, 0.0]]
    best = page.evaluate("logs => explore.gan.optimal_discriminator(...logs)", logs)
    assert best == pytest.approx([0, 1, 1 / (1 + math.exp(-1)), 0.5])
    disjoint = page.evaluate(
        "logs => [explore.gan.value(...logs, 1), explore.gan.jensen_shannon(...logs, 1)]",
        [
            [0.0, -1e5],
            [-1e5, 0.0],
        ],
    )
    assert disjoint == pytest.approx([0, math.log(2)])

    page = live("diffusion/cloud").page
    for sigma in (1e-200, 1e-3, 1.0, 1e9):
        x = [0.3, 0.4]
        shown = page.evaluate(
            "([x, data, sigma]) => explore.diffusion.posterior_mean(x, data, sigma)", [x, TRIANGLE.tolist(), sigma]
        )
        squares = ((np.array(x) - TRIANGLE) ** 2).sum(1)
        nearest = TRIANGLE[squares.argmin()]
        wanted = posterior_mean(double(x), torch.tensor(TRIANGLE), sigma)[0] if sigma > 1e-100 else nearest
        np.testing.assert_allclose(shown, wanted, atol=1e-12)


# ---- The static figure shows what the live one shows at first


def drawn(name: str) -> list[np.ndarray]:
    """The points of all lines and the heights of all bars of the static figure."""
    import matplotlib.pyplot as plt

    topic, _, function = name.partition("/")
    with plt.rc_context(style("light")):
        figure = getattr(import_module(f"dlnotes.figures.{topic}"), function)()
    lines = [np.array(line.get_xydata()) for axes in figure.axes for line in axes.lines]
    bars = [np.array([bar.get_height() for bar in axes.patches]) for axes in figure.axes]
    plt.close(figure)
    return [*lines, *bars]


def first_sight(name: str, results: dict) -> list[np.ndarray]:
    """What the static figure must have: points of lines, or their heights."""
    match name:
        case "softmax/simplex":
            return [np.array(results["probabilities"])]
        case "momentum/bowl":
            return [np.array(results["points"]), np.array(results["losses"])]
        case "adam/bowl":
            lines = results["sgd"], results["adam"], results["losses_sgd"], results["losses_adam"]
            return [np.array(line) for line in lines] + [np.array(results["turned_adam"])[::3]]
        case "gan/densities":
            return [np.array(results["D"]), np.array(results["curve"])]
        case "diffusion/cloud":
            scale = math.sqrt(1 + results["sigma"] ** 2)
            return [np.array(results["forward"])[k::3] / scale for k in range(3)]


@pytest.mark.parametrize("name", FIGURES)
def test_static_figure_shows_the_first_state(live, name):
    lines = drawn(name)
    for wanted in first_sight(name, live(name).first):
        shown = [line if line.ndim == wanted.ndim else line[:, 1] for line in lines if line.ndim >= wanted.ndim]
        assert any(line.shape == wanted.shape and np.allclose(line, wanted, rtol=1e-6, atol=1e-12) for line in shown)


# ---- Everyone can use them


def test_keyboard_moves_a_slider_and_the_change_is_told(live):
    figure = live("softmax/simplex")
    figure.figure.page.reload()
    slider, told = figure.input("z1"), figure.figure.locator("output")
    expect(told).to_have_text("")  # nothing is read out when the page loads
    slider.focus()
    for key, expected in (("ArrowRight", 1.1), ("ArrowLeft", 1.0), ("End", 5), ("Home", -5)):
        figure.page.keyboard.press(key)
        assert figure.values["z1"] == pytest.approx(expected)
    expect(slider).to_have_attribute("aria-valuetext", "−5")
    expect(told).to_have_text(re.compile(r"Probability a₃ 0\.7\d+; Entropy H \(nats\) 0\.5\d+"))


def test_keyboard_presses_a_button(live):
    figure = live("momentum/bowl")
    figure.figure.locator("button[name=best]").focus()
    figure.page.keyboard.press("Enter")
    best = optimal_heavy_ball(1.0, figure.values["kappa"])
    assert figure.values["momentum"] == pytest.approx(best.momentum)
    assert figure.results["rho"] == pytest.approx(best.rate, abs=1e-6)
    expect(figure.figure.locator("[data-result=verdict]")).to_have_text("converges")
    figure.figure.locator("button[name=descent]").focus()
    figure.page.keyboard.press("Space")
    kappa = figure.values["kappa"]
    assert figure.results["rho"] == pytest.approx((kappa - 1) / (kappa + 1))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", FIGURES)
def test_without_javascript_it_is_a_static_figure_of_the_same_size(browser, base_url, live, name, language):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base_url}{language}/{name.partition('/')[0]}/")
    figure = page.locator(f"#fig-{name.replace('/', '-')}")
    expect(figure.locator("img.only-light")).to_be_visible()
    expect(figure.locator(".explore-still")).to_be_visible()
    expect(figure.locator("fieldset")).to_be_hidden()
    expect(figure.locator(".explore-results")).to_be_hidden()
    static, moving = (part.locator(".explore-stage").bounding_box() for part in (figure, live(name).figure))
    for side in ("width", "height"):
        assert static[side] == pytest.approx(moving[side], abs=0.5)
    context.close()


@pytest.mark.parametrize("name", FIGURES)
def test_drawing_and_controls_have_names_of_their_own(live, name):
    figure = live(name).figure
    controls = [*figure.get_by_role("slider").all(), *figure.get_by_role("button").all()]
    assert len(controls) == figure.locator("input, button").count()
    names = figure.locator("label > span:first-child, button, .explore-results > span > span:first-child")
    texts = [text.strip() for text in names.all_text_contents()]
    assert all(texts)
    assert len(texts) == len(set(texts)) > len(controls)
    assert figure.get_by_role("img").get_attribute("aria-label")


def test_animation_runs_and_stops_at_the_readers_will(live):
    figure = live("diffusion/cloud")
    figure.figure.locator("button[name=backward]").click()
    expect(figure.input("t")).not_to_have_value("40")
    figure.move(t=0.5)
    figure.page.wait_for_timeout(100)
    assert figure.values["t"] == 20


def test_animation_goes_to_its_end_at_once_where_motion_is_not_wanted(browser, base_url):
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{base_url}en/diffusion/")
    page.locator("#fig-diffusion-cloud button[name=backward]").click()
    assert page.locator("#fig-diffusion-cloud").evaluate("figure => figure.explored.values.t") == 0
    context.close()


def test_paper_gets_the_static_figure(live):
    figure = live("gan/densities")
    figure.page.emulate_media(media="print")
    expect(figure.figure.locator("img.only-light")).to_be_visible()
    figure.figure.scroll_into_view_if_needed()  # a browser that prints loads what is lazy
    figure.figure.locator("img.only-light").evaluate("image => image.decode()")
    for part in ("svg", "fieldset", ".explore-results", "img.only-dark"):
        expect(figure.figure.locator(part).first).to_be_hidden()
    figure.page.emulate_media(media="screen")
    expect(figure.figure.locator("svg").first).to_be_visible()


def test_opens_from_the_file_system(browser, site):
    page = browser.new_page()
    page.goto((site / "en/adam/index.html").as_uri())
    expect(page.locator("#fig-adam-bowl.live")).to_have_count(1)
    page.close()


def test_no_other_page_pays(site):
    for page in site.glob("*/**/index.html"):
        html = page.read_text("utf-8")
        assert ("assets/explore/" in html) == ("data-explore=" in html), page


def test_colours_are_those_of_the_static_figures():
    """The two blocks of the style sheet, for the light and the dark theme."""
    css = (SCRIPTS / "explore.css").read_text("utf-8")
    blocks = [
        dict(re.findall(r"--c(\d): (#\w+);", block)) for block in re.findall(r"\.explore \{([^}]*--c0[^}]*)\}", css)
    ]
    for theme, block in zip(THEMES, blocks, strict=True):
        assert len(block) >= 5
        assert block == {number: COLOURS[theme][int(number)] for number in block}
