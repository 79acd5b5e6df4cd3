"""Makes coco.json and coco_masks.json: polygons, run lengths and compressed run lengths, and their masks. Polygons are filled by scikit-image
(Debian's python3-skimage) at the centres of pixels; run lengths are compressed as the COCO API describes.

python3 make_coco.py
"""
import json
import numpy as np
from skimage.measure import points_in_poly


def fill(polygon, height, width):
    y, x = np.mgrid[:height, :width]
    return points_in_poly(np.column_stack([x.ravel() + 0.5, y.ravel() + 0.5]), np.reshape(polygon, (-1, 2))).reshape(height, width)


def runs_of(mask):
    runs, last = [0], 0
    for value in mask.ravel(order='F'):
        if value != last:
            runs.append(0)
            last = value
        runs[-1] += 1
    return runs


def compress(runs):
    text = ''
    for i, run in enumerate(runs):
        value = run - (runs[i - 2] if i > 2 else 0)
        more = True
        while more:
            digit = value & 0x1F
            value >>= 5
            more = value != -1 if digit & 0x10 else value != 0
            text += chr(48 + digit + (0x20 if more else 0))
    return text


random = np.random.default_rng(7)
images, annotations, masks = [], [], {}
categories = [{'id': 3, 'name': 'psoas', 'supercategory': 'muscle'}, {'id': 7, 'name': 'disc'}]
for number in range(1, 7):
    height, width = (int(n) for n in random.integers(20, 40, 2))
    name = f'P{number:02}.png'
    images.append({'id': number * 10, 'file_name': f'images/{name}' if number % 2 else name, 'height': height, 'width': width})
    mask = np.zeros((height, width), np.uint8)
    for category, value in ((3, 2), (7, 1)):
        # The upper half for one, the lower for the other.
        low, high = (0, height // 2 - 1) if category == 3 else (height // 2 + 1, height)
        if number % 3 == 0:
            polygons = []
            for part in range(2):
                left = 1 + part * width // 2
                x = random.integers(left, left + width // 2 - 1, 4) + 0.25
                y = random.integers(low, high, 4) + 0.3
                order = np.argsort(np.arctan2(y - y.mean(), x - x.mean()))
                polygons.append([float(v) for p in zip(x[order], y[order]) for v in p])
            one = np.any([fill(polygon, height, width) for polygon in polygons], axis=0)
            segmentation = polygons
        else:
            one = np.zeros((height, width), np.uint8)
            one[low:high] = random.random((high - low, width)) < (0.5 if number % 2 else 0.02)
            runs = runs_of(one)
            segmentation = {'size': [height, width], 'counts': runs if number % 3 == 1 else compress(runs)}
        mask[one > 0] = value
        annotations.append({'id': len(annotations) + 1, 'image_id': number * 10, 'category_id': category, 'segmentation': segmentation, 'iscrowd': int(number % 3 != 0), 'area': int(one.sum()), 'bbox': [0, 0, 1, 1]})
    masks[f'P{number:02}'] = {'rows': height, 'columns': width, 'values': ''.join(str(v) for v in mask.ravel())}
json.dump({'info': {}, 'licenses': [], 'images': images, 'annotations': annotations, 'categories': categories}, open('coco.json', 'w'), separators=(',', ':'))
json.dump(masks, open('coco_masks.json', 'w'), separators=(',', ':'))
