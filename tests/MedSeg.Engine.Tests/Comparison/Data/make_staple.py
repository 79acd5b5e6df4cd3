"""Estimates truth and reliability of four raters with numpy, pixel by pixel (Warfield, Zou and Wells 2004), and writes staple.json."""
import json

import numpy as np

rng = np.random.default_rng(4)
y, x = np.mgrid[:48, :64]
truth = np.where((y - 24) ** 2 + (x - 20) ** 2 < 150, 1, 0) + np.where((y - 20) ** 2 / 2 + (x - 46) ** 2 < 90, 2, 0)


def rater(shift, noise):
    moved = np.roll(truth, shift, (0, 1))
    return np.where(rng.random(truth.shape) < noise, rng.integers(0, 3, truth.shape), moved)


raters = [rater((0, 0), 0.02), rater((0, 1), 0.05), rater((2, 0), 0.02), rater((-3, 4), 0.3)]
votes = np.stack([r.ravel() for r in raters])
labels = 3
prior = np.array([(votes == label).mean() for label in range(labels)])
theta = np.full((len(raters), labels, labels), 0.00001 / (labels - 1))
theta[:, range(labels), range(labels)] = 0.99999
for _ in range(2000):
    weights = np.repeat(prior[:, None], votes.shape[1], 1)
    for j, vote in enumerate(votes):
        weights *= theta[j][:, vote]
    weights /= weights.sum(0)
    for j, vote in enumerate(votes):
        theta[j] = np.stack([weights[:, vote == label].sum(1) for label in range(labels)], 1) / weights.sum(1, keepdims=True)

specificity = [[sum(prior[t] * (1 - theta[j, t, s]) for t in range(labels) if t != s) / (1 - prior[s]) for s in range(labels)] for j in range(len(raters))]
with open("staple.json", "w", encoding="utf-8") as file:
    json.dump({
        "Raters": [r.ravel().tolist() for r in raters],
        "Consensus": weights.argmax(0).tolist(),
        "Sensitivity": [[float(theta[j, s, s]) for s in range(labels)] for j in range(len(raters))],
        "Specificity": specificity,
    }, file)
