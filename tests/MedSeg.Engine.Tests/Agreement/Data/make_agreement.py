"""Computes the statistics of AgreementTests with numpy and scipy, and writes expected.json. Run it in this folder."""
import json

import numpy as np
from scipy import stats

rng = np.random.default_rng(20)


def anova(x):
    n, k = x.shape
    grand = x.mean()
    rows = k * ((x.mean(1) - grand) ** 2).sum() / (n - 1)
    columns = n * ((x.mean(0) - grand) ** 2).sum() / (k - 1)
    residual = x - x.mean(1, keepdims=True) - x.mean(0, keepdims=True) + grand
    return rows, columns, (residual ** 2).sum() / ((n - 1) * (k - 1))


def icc(x):
    """Shrout and Fleiss 1979, in their own notation."""
    n, k = x.shape
    bms, jms, ems = anova(x)
    one = (bms - ems) / (bms + (k - 1) * ems + k * (jms - ems) / n)
    three = (bms - ems) / (bms + (k - 1) * ems)
    fj = jms / ems
    v = (k - 1) * (n - 1) * (k * one * fj + n * (1 + (k - 1) * one) - k * one) ** 2 / (
        (n - 1) * k ** 2 * one ** 2 * fj ** 2 + (n * (1 + (k - 1) * one) - k * one) ** 2)
    f_up, f_down = stats.f.ppf(0.975, n - 1, v), stats.f.ppf(0.975, v, n - 1)
    low = n * (bms - f_up * ems) / (f_up * (k * jms + (k * n - k - n) * ems) + n * bms)
    high = n * (f_down * bms - ems) / (k * jms + (k * n - k - n) * ems + n * f_down * bms)
    f0 = bms / ems
    fl, fu = f0 / stats.f.ppf(0.975, n - 1, (n - 1) * (k - 1)), f0 * stats.f.ppf(0.975, (n - 1) * (k - 1), n - 1)
    average = (bms - ems) / (bms + (jms - ems) / n)
    return {
        "Icc21": [one, low, high],
        "Icc2k": [average, low * k / (1 + low * (k - 1)), high * k / (1 + high * (k - 1))],
        "Icc31": [three, (fl - 1) / (fl + k - 1), (fu - 1) / (fu + k - 1)],
        "Sem": [np.sqrt(ems)],
        "Variation": [np.sqrt(np.mean((x.std(1, ddof=1) / x.mean(1)) ** 2))],
    }


def two_raters(a, b):
    d = b - a
    n = len(d)
    test = stats.t.interval(0.95, n - 1, d.mean(), stats.sem(d))
    half = stats.t.ppf(0.975, n - 1) * d.std(ddof=1) * np.sqrt(1 / n + 1.96 ** 2 / (2 * (n - 1)))
    low, high = d.mean() - 1.96 * d.std(ddof=1), d.mean() + 1.96 * d.std(ddof=1)
    line = stats.linregress((a + b) / 2, d)
    margin = 0.05 * a.mean()
    return {
        "Bias": [d.mean(), *test],
        "LowerLimit": [low, low - half, low + half],
        "UpperLimit": [high, high - half, high + half],
        "Slope": [line.slope, line.slope - line.stderr * stats.t.ppf(0.975, n - 2), line.slope + line.stderr * stats.t.ppf(0.975, n - 2)],
        "SlopeP": [line.pvalue],
        "Equivalence": [max(stats.ttest_1samp(d, -margin, alternative="greater").pvalue, stats.ttest_1samp(d, margin, alternative="less").pvalue)],
        "Wilcoxon": [stats.wilcoxon(d, mode="exact" if n <= 50 else "approx", correction=False).pvalue],
        "Concordance": concordance(a, b),
    }


def concordance(x, y):
    """Lin 1989 with the correction of 2000."""
    n = len(x)
    r = np.corrcoef(x, y)[0, 1]
    c = 2 * np.cov(x, y, bias=True)[0, 1] / (x.var() + y.var() + (x.mean() - y.mean()) ** 2)
    u = (x.mean() - y.mean()) / np.sqrt(x.std() * y.std())
    variance = ((1 - r ** 2) * c ** 2 * (1 - c ** 2) / r ** 2 + 2 * c ** 3 * (1 - c) * u ** 2 / r - c ** 4 * u ** 4 / (2 * r ** 2)) / (1 - c ** 2) ** 2 / (n - 2)
    return [c, *np.tanh(np.arctanh(c) + stats.norm.ppf([0.025, 0.975]) * np.sqrt(variance))]


def case(n, k, shift, tied):
    subjects = rng.normal(900, 250, (n, 1)).clip(150)
    x = subjects + rng.normal(0, 40, (n, k)) + shift * np.arange(k)
    x = x.round(-1) if tied else x.round(3)
    expected = icc(x) | two_raters(x[:, 0], x[:, 1])
    if tied and n <= 50:
        del expected["Wilcoxon"]  # scipy 1.10 has no exact distribution for ties.
    return {"Ratings": x.tolist(), "Expected": {name: list(map(float, value)) for name, value in expected.items()}}


cases = [case(6, 2, 5, False), case(12, 3, -20, False), case(30, 2, 0, True), case(50, 2, 12, False), case(80, 4, 8, True), case(120, 2, 3, False)]
with open("expected.json", "w", encoding="utf-8") as file:
    json.dump(cases, file, indent=1)
