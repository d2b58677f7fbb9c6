"""Adagrad, RMSprop, Adam and AdamW: descent with a learning rate for each parameter, made from past gradients.

Names, argument order, defaults and semantics are those of `torch.optim`; `foreach`, `fused`, `capturable` and
`differentiable` are left out, since they only choose between implementations of the same formulas.
"""

# --8<-- [start:imports]
from collections.abc import Callable, Iterable, Sequence

import torch
from jaxtyping import Float
from torch import Tensor

# --8<-- [end:imports]


# --8<-- [start:base]
class Adaptive(torch.optim.Optimizer):
    """What the methods of this chapter share: gradients in, a buffer beside each parameter, a step out.

    >>> class SignDescent(Adaptive):
    ...     def update(self, group, params, grads):
    ...         for param, grad in zip(params, grads, strict=True):
    ...             param.sub_(group["lr"] * grad.sign())
    >>> w = torch.tensor([1.0, 1.0], requires_grad=True)
    >>> w.grad = torch.tensor([1.0, -100.0])
    >>> _ = SignDescent([w], {"lr": 0.1, "maximize": False}).step()
    >>> w.data
    tensor([0.9000, 1.1000])
    """

    def update(self, group: dict, params: list[Tensor], grads: Sequence[Tensor]) -> None:
        """One step of the method, for the parameters of a group that have a gradient.

        Args:
            group: the options of the group, such as `lr`.
            params: its parameters, changed in place.
            grads: their gradients.
        """
        raise NotImplementedError(f"{type(self).__name__} must define update")

    @torch.no_grad()
    def step(self, closure: Callable[[], Tensor] | None = None) -> Tensor | None:
        """One step for every parameter that has a gradient.

        Args:
            closure: computes the loss anew, and its gradients; None where they are there already.

        Returns:
            The closure's loss, if one is given.

        Raises:
            RuntimeError: a gradient is sparse or complex.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            params = [param for param in group["params"] if param.grad is not None]
            grads = [param.grad for param in params]
            for grad in grads:
                if grad.is_sparse or grad.is_complex():
                    kind = "sparse" if grad.is_sparse else "complex"
                    raise RuntimeError(
                        f"{type(self).__name__} takes dense real gradients, got a {kind} one of shape "
                        f"{tuple(grad.shape)}; use torch.optim's, or make the layer's gradients dense"
                    )
            if params:
                self.update(group, params, torch._foreach_neg(grads) if group["maximize"] else grads)
        return loss

    def buffers(self, params: list[Tensor], name: str, initial: float = 0.0) -> list[Tensor]:
        """The buffer of this name beside each parameter, made when it is first asked for.

        Args:
            params: the parameters.
            name: of the buffer in the optimizer's state.
            initial: what a new buffer is filled with.

        Returns:
            One tensor a parameter, of its shape.
        """
        for param in params:
            if name not in self.state[param]:
                self.state[param][name] = torch.full_like(param, initial)
        return [self.state[param][name] for param in params]

    def count(self, params: list[Tensor]) -> list[float]:
        """Count this step of each parameter.

        Args:
            params: the parameters.

        Returns:
            The numbers of their steps, t = 1, 2, …
        """
        for param in params:
            if "step" not in self.state[param]:
                self.state[param]["step"] = torch.zeros((), dtype=torch.float32)
        steps = [self.state[param]["step"] for param in params]
        torch._foreach_add_(steps, torch.ones(()), alpha=1.0)
        return [step.item() for step in steps]


def with_penalty(grads: Sequence[Tensor], params: list[Tensor], weight_decay: float) -> Sequence[Tensor]:
    r"""Gradients of the loss plus the penalty $\frac{\lambda}{2} \|\theta\|^2$: $g + \lambda \theta$.

    Args:
        grads: gradients of the loss.
        params: θ, the parameters.
        weight_decay: λ.

    Returns:
        One gradient a parameter.

    >>> with_penalty([torch.tensor([1.0])], [torch.tensor([2.0])], weight_decay=0.5)
    (tensor([2.]),)
    """
    return torch._foreach_add(grads, params, alpha=weight_decay) if weight_decay else grads


def check_not_negative(**options: float) -> None:
    """Refuse options of an optimizer that are negative or NaN.

    Args:
        options: name and value of each.

    Raises:
        ValueError: one of them is.

    >>> check_not_negative(lr=0.1, eps=0.0)
    """
    for name, value in options.items():
        if not value >= 0:
            raise ValueError(f"{name} must not be negative, got {value}")


def check_share(name: str, value: float) -> None:
    """Refuse an option of an optimizer that is no share of an old average.

    Args:
        name: of the option, for the message.
        value: that it has.

    Raises:
        ValueError: it is negative, 1 or more, or NaN.

    >>> check_share("beta", 0.9)
    """
    if not 0 <= value < 1:
        raise ValueError(f"{name} must be at least 0 and below 1, got {value}")


# --8<-- [end:base]


# --8<-- [start:adagrad]
class Adagrad(Adaptive):
    r"""Steps divided by the root of the sum of all squared gradients (Duchi, Hazan and Singer 2011).

    $r_t = r_{t-1} + g_t \odot g_t$, $\theta_t = \theta_{t-1} - \eta_t\, g_t \oslash (\sqrt{r_t} + \varepsilon)$
    (adam-adagrad), with $\eta_t = \eta / (1 + (t - 1)\,$`lr_decay`$)$; as `torch.optim.Adagrad`.

    Args:
        params: tensors, or groups of tensors with options of their own.
        lr: η, in units of the parameter.
        lr_decay: by how much the learning rate's divisor grows each step.
        weight_decay: λ, the weight of the penalty $\frac{\lambda}{2} \|\theta\|^2$ in the loss.
        initial_accumulator_value: $r_0$, in units of the squared gradient.
        eps: ε, in units of the gradient.
        maximize: go up the gradient instead of down.

    Raises:
        ValueError: an option is negative.
        RuntimeError: in `step`, a gradient is sparse or complex.

    >>> w = torch.tensor([1.0, 1.0], requires_grad=True)
    >>> optimizer = Adagrad([w], lr=0.1)
    >>> (torch.tensor([1.0, 100.0]) * w).sum().backward()
    >>> optimizer.step()
    >>> w.data
    tensor([0.9000, 0.9000])
    """

    def __init__(
        self,
        params: Iterable,
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        options = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
        }
        check_not_negative(**options)
        super().__init__(params, options | {"maximize": maximize})

    def update(self, group: dict, params: list[Tensor], grads: Sequence[Tensor]) -> None:
        grads = with_penalty(grads, params, group["weight_decay"])
        steps = self.count(params)
        sums = self.buffers(params, "sum", self.defaults["initial_accumulator_value"])
        torch._foreach_addcmul_(sums, grads, grads)
        divisors = torch._foreach_sqrt(sums)
        torch._foreach_add_(divisors, group["eps"])
        rates = [-float(group["lr"]) / (1 + (step - 1) * group["lr_decay"]) for step in steps]
        torch._foreach_addcdiv_(params, grads, divisors, rates)


# --8<-- [end:adagrad]


# --8<-- [start:rmsprop]
class RMSprop(Adaptive):
    r"""Steps divided by the root of a moving average of squared gradients (Tieleman and Hinton 2012, lecture 6.5).

    $v_t = \alpha v_{t-1} + (1 - \alpha) g_t \odot g_t$, $\theta_t = \theta_{t-1} - \eta\, g_t \oslash (\sqrt{v_t} +
    \varepsilon)$ (adam-rmsprop); centred, the average gradient's square is subtracted from $v_t$ under the root (Graves
    2013, adam-centred). With momentum μ the quotients are added up, $b_t = \mu b_{t-1} + g_t \oslash (…)$, and the step
    is $-\eta b_t$. As `torch.optim.RMSprop`, except that a centred mean square that rounding made negative counts as 0
    where torch takes its root, NaN.

    Args:
        params: tensors, or groups of tensors with options of their own.
        lr: η, in units of the parameter.
        alpha: share of the old average that is kept, from 0 to 1.
        eps: ε, in units of the gradient.
        weight_decay: λ, the weight of the penalty $\frac{\lambda}{2} \|\theta\|^2$ in the loss.
        momentum: μ.
        centered: divide by the root of an estimate of the variance instead of the mean square.
        maximize: go up the gradient instead of down.

    Raises:
        ValueError: an option is negative, or `alpha` exceeds 1.
        RuntimeError: in `step`, a gradient is sparse or complex.

    >>> w = torch.tensor([1.0, 1.0], requires_grad=True)
    >>> optimizer = RMSprop([w], lr=0.01)
    >>> (torch.tensor([1.0, 100.0]) * w).sum().backward()
    >>> optimizer.step()
    >>> w.data
    tensor([0.9000, 0.9000])
    """

    def __init__(
        self,
        params: Iterable,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        options = {"lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps, "weight_decay": weight_decay}
        check_not_negative(**options)
        if alpha > 1:
            raise ValueError(f"alpha must be at most 1, got {alpha}: squared gradients would be subtracted")
        super().__init__(params, options | {"centered": centered, "maximize": maximize})

    def update(self, group: dict, params: list[Tensor], grads: Sequence[Tensor]) -> None:
        grads, alpha, rate = with_penalty(grads, params, group["weight_decay"]), group["alpha"], -float(group["lr"])
        self.count(params)
        squares = self.buffers(params, "square_avg")
        torch._foreach_mul_(squares, alpha)
        torch._foreach_addcmul_(squares, grads, grads, 1 - alpha)
        if group["centered"]:
            means = self.buffers(params, "grad_avg")
            torch._foreach_lerp_(means, grads, 1 - alpha)
            divisors = torch._foreach_addcmul(squares, means, means, -1)
            torch._foreach_clamp_min_(divisors, 0.0)  # rounding can make a variance of nearly 0 negative
            torch._foreach_sqrt_(divisors)
        else:
            divisors = torch._foreach_sqrt(squares)
        torch._foreach_add_(divisors, group["eps"])
        if group["momentum"]:
            velocities = self.buffers(params, "momentum_buffer")
            torch._foreach_mul_(velocities, group["momentum"])
            torch._foreach_addcdiv_(velocities, grads, divisors)
            torch._foreach_add_(params, velocities, alpha=rate)
        else:
            torch._foreach_addcdiv_(params, grads, divisors, rate)


# --8<-- [end:rmsprop]


# --8<-- [start:adam]
class Adam(Adaptive):
    r"""Average gradient over the root of the average squared gradient (Kingma and Ba 2015, algorithm 1).

    $m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t$, $v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t \odot g_t$, corrected to
    $\hat m_t = m_t / (1 - \beta_1^t)$, $\hat v_t = v_t / (1 - \beta_2^t)$, and
    $\theta_t = \theta_{t-1} - \eta\, \hat m_t \oslash (\sqrt{\hat v_t} + \varepsilon)$ (adam-moments, adam-corrected,
    adam-step); as `torch.optim.Adam`.

    Args:
        params: tensors, or groups of tensors with options of their own.
        lr: η, in units of the parameter.
        betas: β₁ and β₂, the shares of the old averages that are kept.
        eps: ε, in units of the gradient.
        weight_decay: λ, the weight of the penalty $\frac{\lambda}{2} \|\theta\|^2$ in the loss.
        amsgrad: put the largest $v_s$, s ≤ t, in the place of $v_t$ (Reddi, Kale and Kumar 2018; adam-amsgrad).
        maximize: go up the gradient instead of down.
        decoupled_weight_decay: multiply θ by 1 - ηλ instead of penalising the loss, as `AdamW` does.

    Raises:
        ValueError: an option is negative, or one of `betas` is not below 1.
        RuntimeError: in `step`, a gradient is sparse or complex.

    >>> w = torch.tensor([1.0, 1.0], requires_grad=True)
    >>> optimizer = Adam([w], lr=0.1)
    >>> (torch.tensor([1.0, 100.0]) * w).sum().backward()
    >>> optimizer.step()
    >>> w.data
    tensor([0.9000, 0.9000])
    """

    def __init__(
        self,
        params: Iterable,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        decoupled_weight_decay: bool = False,
    ) -> None:
        options = {"lr": lr, "eps": eps, "weight_decay": weight_decay}
        check_not_negative(**options)
        for index, beta in enumerate(betas):
            check_share(f"betas[{index}]", beta)
        switches = {"amsgrad": amsgrad, "maximize": maximize, "decoupled_weight_decay": decoupled_weight_decay}
        super().__init__(params, options | {"betas": tuple(betas)} | switches)

    def update(self, group: dict, params: list[Tensor], grads: Sequence[Tensor]) -> None:
        lr, decay, (beta1, beta2) = float(group["lr"]), group["weight_decay"], group["betas"]
        if group["decoupled_weight_decay"]:
            torch._foreach_mul_(params, 1 - lr * decay)
        else:
            grads = with_penalty(grads, params, decay)
        steps = self.count(params)
        means, squares = self.buffers(params, "exp_avg"), self.buffers(params, "exp_avg_sq")
        torch._foreach_lerp_(means, grads, 1 - beta1)
        torch._foreach_mul_(squares, beta2)
        torch._foreach_addcmul_(squares, grads, grads, 1 - beta2)
        if group["amsgrad"]:
            largest = self.buffers(params, "max_exp_avg_sq")
            torch._foreach_maximum_(largest, squares)
            squares = largest
        divisors = torch._foreach_sqrt(squares)
        torch._foreach_div_(divisors, [(1 - beta2**step) ** 0.5 for step in steps])
        torch._foreach_add_(divisors, group["eps"])
        torch._foreach_addcdiv_(params, means, divisors, [-lr / (1 - beta1**step) for step in steps])


class AdamW(Adam):
    r"""Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2), as `torch.optim.AdamW`.

    $\theta_t = (1 - \eta \lambda) \theta_{t-1} - \eta\, \hat m_t \oslash (\sqrt{\hat v_t} + \varepsilon)$ (adam-adamw),
    where the averages see the gradients of the loss alone. The paper's λ is torch's ηλ for a constant η.

    Args:
        params: tensors, or groups of tensors with options of their own.
        lr: η, in units of the parameter.
        betas: β₁ and β₂, the shares of the old averages that are kept.
        eps: ε, in units of the gradient.
        weight_decay: λ, in units of 1 / η.
        amsgrad: as for `Adam`.
        maximize: go up the gradient instead of down.

    >>> w = torch.tensor([10.0, 1.0], requires_grad=True)
    >>> w.grad = torch.zeros(2)
    >>> AdamW([w], lr=0.1, weight_decay=0.5).step()
    >>> w.data
    tensor([9.5000, 0.9500])
    """

    def __init__(
        self,
        params: Iterable,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        decoupled = {"decoupled_weight_decay": True}
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize, **decoupled)

    def __setstate__(self, state: dict) -> None:
        """A loaded state, be it Adam's, does not turn the decay into a penalty."""
        super().__setstate__(state)
        for group in self.param_groups:
            group["decoupled_weight_decay"] = True


# --8<-- [end:adam]


class NormAdam(Adam):
    r"""Adam with one second moment for a whole tensor, $\|g_t\|^2$ in the place of $g_t \odot g_t$ (adam-norm).

    Not Adam, but a formula that is printed as Adam; close to NovoGrad (Ginsburg et al. 2019), which has one such number
    for each layer.

    Args:
        params: tensors, or groups of tensors with options of their own.
        lr: η, in units of the parameter.
        betas: β₁ and β₂, the shares of the old averages that are kept.
        eps: ε, in units of the gradient.
        maximize: go up the gradient instead of down.

    >>> w = torch.tensor([3.0, 4.0], requires_grad=True)
    >>> optimizer = NormAdam([w], lr=0.1)
    >>> (0.5 * w**2).sum().backward()
    >>> optimizer.step()
    >>> w.data
    tensor([2.9400, 3.9200])
    """

    def __init__(
        self,
        params: Iterable,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, maximize=maximize)

    def update(self, group: dict, params: list[Tensor], grads: Sequence[Tensor]) -> None:
        lr, (beta1, beta2) = float(group["lr"]), group["betas"]
        for param, grad, step in zip(params, grads, self.count(params), strict=True):
            (mean,), (square,) = self.buffers([param], "exp_avg"), self.buffers([param], "exp_avg_sq")
            mean.lerp_(grad, 1 - beta1)
            square.lerp_(grad.square().sum().expand_as(grad), 1 - beta2)
            divisor = (square / (1 - beta2**step)).sqrt() + group["eps"]
            param.addcdiv_(mean, divisor, value=-lr / (1 - beta1**step))


# --8<-- [start:average]
def moving_averages(
    values: Float[Tensor, "steps *shape"],  # noqa: F821
    beta: float,
    corrected: bool = True,
) -> Float[Tensor, "steps *shape"]:  # noqa: F821
    r"""Exponential moving averages $m_t = \beta m_{t-1} + (1 - \beta) x_t$ from $m_0 = 0$ (adam-unrolled).

    Args:
        values: $x_1, \dots, x_T$ along the first dimension.
        beta: share of the old average that is kept, at least 0 and below 1.
        corrected: divide $m_t$ by $1 - \beta^t$ (adam-corrected), so that the weights sum to one.

    Returns:
        $m_1, \dots, m_T$, or the corrected ones, in the shape of `values`.

    Raises:
        ValueError: `beta` is negative or not below 1.

    >>> moving_averages(torch.tensor([2.0, 2.0, 2.0]), beta=0.5, corrected=False)
    tensor([1.0000, 1.5000, 1.7500])
    >>> moving_averages(torch.tensor([2.0, 2.0, 2.0]), beta=0.5)
    tensor([2., 2., 2.])
    """
    check_share("beta", beta)
    average, averages = torch.zeros_like(values[:1]).squeeze(0), []
    for step, value in enumerate(values, 1):
        average = beta * average + (1 - beta) * value
        averages.append(average / (1 - beta**step) if corrected else average)
    return torch.stack(averages) if averages else values.clone()


# --8<-- [end:average]


def worst_step(beta1: float, beta2: float) -> float:
    r"""Supremum of $|\hat m_t| / \sqrt{\hat v_t}$ over all gradients, for large t (adam-step-limit).

    Args:
        beta1: share of the old average gradient that is kept, at least 0.
        beta2: share of the old average square that is kept, above β₁² and below 1.

    Returns:
        How many times η a single step of Adam can be.

    Raises:
        ValueError: not $0 \le \beta_1^2 < \beta_2 < 1$; below, no bound exists.

    >>> round(worst_step(0.9, 0.999), 2)
    7.27
    """
    if not 0 <= beta1**2 < beta2 < 1:
        raise ValueError(f"need 0 <= beta1**2 < beta2 < 1 for a bound, got beta1 = {beta1}, beta2 = {beta2}")
    return (1 - beta1) / ((1 - beta2) * (1 - beta1**2 / beta2)) ** 0.5
