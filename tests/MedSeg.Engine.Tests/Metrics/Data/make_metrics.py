"""Makes pairs of masks and their scores with scipy's distance transform (Debian: python3-scipy), the reference of the tests."""
import numpy
from scipy import ndimage

generator = numpy.random.default_rng(5)
lines = ["case\trow\tcolumn\tdice\tiou\tprecision\trecall\thd95\tmean"]


def blob(rows, columns):
    smooth = ndimage.gaussian_filter(generator.normal(size=(rows, columns)), 3)
    y, x = numpy.mgrid[:rows, :columns]
    centre = 0.02 * (1 - ((y / rows - 0.5) ** 2 + (x / columns - 0.5) ** 2) * 8)
    return (smooth + centre * 4 > 0.02).astype(numpy.uint8)


def edge(mask):
    return mask.astype(bool) & ~ndimage.binary_erosion(mask)


for case, (rows, columns, spacing) in enumerate([(40, 52, (1, 1)), (40, 52, (0.5, 0.75)), (33, 64, (2.5, 0.4)), (64, 21, (0.7, 0.7)), (48, 48, (0.9, 3))]):
    truth, found = blob(rows, columns), blob(rows, columns)
    numpy.save(f"truth{case}.npy", truth)
    numpy.save(f"found{case}.npy", found)
    both, union = (truth & found).sum(), (truth | found).sum()
    first, second = edge(truth), edge(found)
    forth = ndimage.distance_transform_edt(~second, sampling=spacing)[first]
    back = ndimage.distance_transform_edt(~first, sampling=spacing)[second]
    values = [2 * both / (truth.sum() + found.sum()), both / union, both / found.sum(), both / truth.sum(),
              max(numpy.percentile(forth, 95), numpy.percentile(back, 95)), numpy.concatenate([forth, back]).mean()]
    lines.append("\t".join(map(str, [case, *spacing, *map(float, values)])))

open("expected.tsv", "w").write("\n".join(lines) + "\n")
