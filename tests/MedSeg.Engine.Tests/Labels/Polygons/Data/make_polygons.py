"""Makes polygons.json: random rings and the masks that two other programs make of them (matplotlib and scikit-image, Debian's
python3-matplotlib and python3-skimage). Both decide at the centres of pixels by the even-odd rule; rings are combined by exclusive or.

python3 make_polygons.py > polygons.json
"""
import json
import numpy as np
from matplotlib.path import Path
from skimage.measure import points_in_poly

random = np.random.default_rng(20)
cases = []
for run in range(60):
    rows, columns = (int(n) for n in random.integers(5, 40, 2))
    y, x = np.mgrid[:rows, :columns]
    centres = np.column_stack([x.ravel(), y.ravel()]).astype(float)
    rings, mask = [], np.zeros(rows * columns, bool)
    for _ in range(int(random.integers(1, 4))):
        count = int(random.integers(3, 14))
        if run % 3 == 0:
            # A star without crossings.
            angles = np.sort(random.uniform(0, 2 * np.pi, count))
            radii = random.uniform(2, 20, count)
            ring = np.column_stack([radii * np.cos(angles), radii * np.sin(angles)]) + random.uniform(0, 30, 2)
        else:
            ring = random.uniform(-5, 40, (count, 2))
        ring = np.round(ring, 3)
        inside = Path(np.vstack([ring, ring[:1]]), closed=True).contains_points(centres)
        other = points_in_poly(centres, ring)
        assert (inside == other).all(), run
        mask ^= inside
        rings.append([float(v) for v in ring.ravel()])
    cases.append({'rows': rows, 'columns': columns, 'rings': rings, 'mask': ''.join('#' if m else '.' for m in mask)})
print(json.dumps(cases, separators=(',', ':')))
