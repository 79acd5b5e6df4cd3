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


def drawn(*boxes):
    """Draws boxes (top, bottom, left, right, value) one over the other."""
    mask = numpy.zeros((12, 16), numpy.uint8)
    for top, bottom, left, right, value in boxes:
        mask[top:bottom, left:right] = value
    return mask


cases = []
for rows, columns, spacing in [(40, 52, (1, 1)), (40, 52, (0.5, 0.75)), (33, 64, (2.5, 0.4)), (64, 21, (0.7, 0.7)), (48, 48, (0.9, 3))]:
    truth, found = blob(rows, columns), blob(rows, columns)
    cases.append((truth, found, spacing))

SPACING = (0.8, 1.25)
cases += [(truth, found, SPACING) for truth, found in [
    (drawn((0, 5, 0, 6, 1)), drawn((0, 4, 0, 8, 1))),  # both reach the edge of the image
    (drawn((2, 3, 1, 2, 1)), drawn((9, 10, 14, 15, 1))),  # single pixels, apart
    (drawn((2, 10, 3, 13, 1), (4, 8, 5, 11, 0)), drawn((2, 10, 3, 13, 1))),  # a hole, whose rim is an edge, too
    (drawn((1, 5, 1, 5, 1), (7, 11, 9, 15, 1)), drawn((1, 5, 1, 5, 1), (11, 12, 0, 1, 1))),  # a part missed and a stray pixel
    (drawn((3, 4, 2, 12, 1)), drawn((5, 6, 2, 12, 1))),  # lines, side by side
    (drawn((4, 8, 5, 11, 1)), drawn((0, 12, 0, 16, 1))),  # all of the image
    (drawn((4, 8, 5, 11, 1)), drawn((4, 8, 5, 11, 1))),  # alike
]]
for case, (truth, found, spacing) in enumerate(cases):
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
