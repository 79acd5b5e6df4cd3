"""Scores the masks of make_metrics.py, and empty ones, with MONAI, for the test that compares. Run in this folder, with MONAI importable:
/usr/bin/python3 make_monai.py. The numbers are those of MONAI 1.5.0 on PyTorch 1.13.
"""
import glob
import warnings

import numpy
import torch
from monai.metrics import compute_average_surface_distance, compute_confusion_matrix_metric, compute_dice, compute_hausdorff_distance, compute_iou, get_confusion_matrix

warnings.filterwarnings("ignore")  # of empty masks, which are meant here
spacings = [tuple(map(float, line.split("\t")[1:3])) for line in open("expected.tsv").read().splitlines()[1:]]
cases = [(numpy.load(f"truth{i}.npy"), numpy.load(f"found{i}.npy"), spacing) for i, spacing in enumerate(spacings)]
assert len(cases) == len(glob.glob("truth*.npy"))
none, some = numpy.zeros((12, 16), numpy.uint8), cases[-1][0]
cases += [(none, some, spacings[-1]), (some, none, spacings[-1]), (none, none, spacings[-1])]

lines = ["case\trow\tcolumn\tdice\tdice_counting_empty\tiou\tiou_counting_empty\tprecision\trecall\thd95\tmean"]
for case, (truth, found, spacing) in enumerate(cases):
    y, p = (torch.from_numpy(m)[None, None].bool() for m in (truth, found))
    matrix = get_confusion_matrix(p.int(), y.int())
    values = [
        *(compute_dice(p, y, ignore_empty=ignore) for ignore in (True, False)),
        *(compute_iou(p.int(), y.int(), ignore_empty=ignore) for ignore in (True, False)),
        *(compute_confusion_matrix_metric(name, matrix) for name in ("precision", "recall")),
        compute_hausdorff_distance(p, y, include_background=True, percentile=95, spacing=spacing),
        compute_average_surface_distance(p, y, include_background=True, symmetric=True, spacing=spacing),
    ]
    lines.append("\t".join(map(str, [case, *spacing, *(v.item() for v in values)])))

open("monai.tsv", "w").write("\n".join(lines).replace("inf", "Infinity").replace("nan", "NaN") + "\n")
