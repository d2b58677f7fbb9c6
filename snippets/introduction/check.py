from dlnotes import check

check("softmax.2", lambda t: 1 / 2)
#> softmax.2: not yet. With t = 4.85027: the answer is 0.498051, yours is 0.5. Hint: ½ is only the limit for large t.
check("softmax.2", "1 / (2 + exp(-t))")
#> softmax.2: right. It agrees with the reference on all 20 inputs.
check("softmax.2", lambda t: 1 / 2, lang="zh")
#> softmax.2: 还不对。当 t = 4.85027 时，答案是 0.498051，你的结果是 0.5。提示：二分之一只是 t 很大时的极限。
