"""Segments DICOM slices with the published network in plain PyTorch, from file to mask file, as its users do it in Python.

Usage: segment_torch.py MODEL.pt SIZE BATCH. The model is a checkpoint of the published program's form. The first output
line has versions, threads and the loaded BLAS. Then each input line is a folder of DICOM files and a folder for masks, separated by a
tab; each output line is the seconds that it took. The model is loaded before the first measurement.
"""
import pathlib
import sys
import time

import cv2
import numpy
import pydicom
import torch

from pyramid_torch import Pyramid, use_all_cores, versions
from read_pydicom import read


def segment(network, source, target, size, batch):
    paths = sorted(pathlib.Path(source).iterdir())
    for first in range(0, len(paths), batch):
        part = paths[first:first + batch]
        images = torch.from_numpy(numpy.stack([read(path, size) for path in part])[:, None])
        masks = network(images)[1].argmax(1).to(torch.uint8).numpy()
        for path, mask in zip(part, masks):
            cv2.imwrite(str(pathlib.Path(target) / (path.stem + ".png")), mask)


def main():
    use_all_cores()
    model, size, batch = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    state = {name.removeprefix("module."): value for name, value in torch.load(model, map_location="cpu")["state_dict"].items()}
    width, outputs = state["stage1.encoder1.0.weight"].shape[0], state["stage1.map.0.weight"].shape[0]
    network = Pyramid(size, outputs, width)
    network.load_state_dict(state)
    network.eval()
    print(f"{versions()}, pydicom {pydicom.__version__}, OpenCV {cv2.__version__}", flush=True)
    for line in sys.stdin:
        source, target = line.rstrip("\n").split("\t")
        start = time.perf_counter()
        with torch.no_grad():
            segment(network, source, target, size, batch)
        print(repr(time.perf_counter() - start), flush=True)


if __name__ == "__main__":
    main()
