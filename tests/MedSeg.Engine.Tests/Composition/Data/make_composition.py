"""Computes thresholds, clusters and mixtures of intensities with numpy and scipy, and writes expected.json."""
import json

import numpy as np
from scipy import optimize, stats
from scipy.cluster.vq import kmeans2

rng = np.random.default_rng(8)


def otsu(x):
    values = np.unique(x)
    splits = (values[1:] + values[:-1]) / 2
    variances = [(x <= s).mean() * (x > s).mean() * (x[x <= s].mean() - x[x > s].mean()) ** 2 for s in splits]
    return splits[int(np.argmax(variances))]


def mixture(x, count):
    """Maximum likelihood by a general optimiser, from the clusters."""
    centres, labels = kmeans2(x, np.linspace(*np.percentile(x, [0.5, 99.5]), count), minit="matrix")
    order = np.argsort(centres)

    def unpack(p):
        weights = np.exp(np.append(p[:count - 1], 0))
        return weights / weights.sum(), p[count - 1:2 * count - 1] * 100, np.exp(p[2 * count - 1:])

    def loss(p):
        w, m, s = unpack(p)
        return -np.log((w[:, None] * stats.norm.pdf(x, m[:, None], s[:, None])).sum(0)).mean()

    shares = np.array([(labels == k).mean() for k in order])
    start = np.concatenate([np.log(shares[:-1] / shares[-1]), centres[order] / 100, np.log([x[labels == k].std() for k in order])])
    best = optimize.minimize(loss, start, method="Nelder-Mead", options={"maxiter": 40000, "maxfev": 40000, "xatol": 1e-9, "fatol": 1e-14})
    best = optimize.minimize(loss, best.x, method="BFGS", options={"gtol": 1e-10})
    w, m, s = unpack(best.x)
    order = np.argsort(m)
    return {"Weights": w[order].tolist(), "Means": m[order].tolist(), "Deviations": s[order].tolist()}


cases = []
for n, fat, between, noise in [(3000, 0.25, 0, 30), (3000, 0.08, 0, 45), (4000, 0.15, 0.2, 28)]:
    x = np.concatenate([rng.normal(200, noise, int(n * (1 - fat - between))), rng.normal(430, noise, int(n * between)), rng.normal(700, noise * 1.3, int(n * fat))]).round(1)
    rng.shuffle(x)
    count = 3 if between else 2
    centres = np.sort(kmeans2(x, np.linspace(*np.percentile(x, [0.5, 99.5]), count), iter=200, minit="matrix")[0])
    cases.append({"Pixels": x.tolist(), "Components": count, "Otsu": float(otsu(x)), "Centers": centres.tolist(), **mixture(x, count)})

with open("expected.json", "w", encoding="utf-8") as file:
    json.dump(cases, file)
