"""Imports DICOM slices and their PNG masks as a Python program for training would: both reduced to 256 x 256 and kept in memory.

Usage: import_pydicom.py WORKERS. The first output line has versions. Then each input line is a folder of images and one of masks
with the same names, separated by a tab; each output line is the seconds that it took. Nothing is checked but the sizes. All
workers are started, and all modules imported, before the first measurement.
"""
import pathlib
import sys
import time

import cv2
import numpy

from read_pydicom import read, start_workers

SIZE = 256


def load(job):
    folder, masks, names = job
    loaded = []
    for name in names:
        image = read(folder / f"{name}.dcm", SIZE)
        mask = cv2.imread(str(masks / f"{name}.png"), cv2.IMREAD_UNCHANGED)
        loaded.append((image, cv2.resize(mask, (SIZE, SIZE), interpolation=cv2.INTER_NEAREST)))
    return numpy.stack([image for image, _ in loaded]), numpy.stack([mask for _, mask in loaded])


def main():
    workers, pool = start_workers()
    for line in sys.stdin:
        folder, masks = (pathlib.Path(text) for text in line.rstrip("\n").split("\t"))
        start = time.perf_counter()
        names = sorted(path.stem for path in folder.iterdir())
        jobs = [(folder, masks, names[i::workers]) for i in range(workers)]
        parts = [load(job) for job in jobs] if pool is None else pool.map(load, jobs, chunksize=1)
        if sum(len(images) for images, _ in parts) != len(names):
            sys.exit("Slices are missing.")
        print(repr(time.perf_counter() - start), flush=True)
    if pool is not None:
        pool.terminate()


if __name__ == "__main__":
    main()
