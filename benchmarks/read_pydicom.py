"""Reads DICOM slices as MedSeg does: file to 256 x 256 float32 from 0 to 1.

Usage: read_pydicom.py WORKERS. Each input line is a number of slices, "keep" or "drop", and a folder. Each output line is
the seconds that reading so many slices took, or the reason why they cannot be read. After the folder's last file it starts
again with the first; kept slices stay in memory until the end. All workers are started, and all modules imported, before
the first measurement.
"""
import multiprocessing
import pathlib
import sys
import time

import cv2
import numpy
import pydicom


def read(path, size=256):
    return prepare(pydicom.dcmread(path), size)


def prepare(dataset, size):
    pixels = dataset.pixel_array.astype(numpy.float32)
    slope = float(getattr(dataset, "RescaleSlope", 1))
    intercept = float(getattr(dataset, "RescaleIntercept", 0))
    if slope != 1 or intercept != 0:
        pixels = pixels * numpy.float32(slope) + numpy.float32(intercept)
    if pixels.shape != (size, size):
        pixels = cv2.resize(pixels, (size, size), interpolation=cv2.INTER_LINEAR)
    least, greatest = pixels.min(), pixels.max()
    return (pixels - least) / max(greatest - least, numpy.float32(1e-30))


def read_all(job):
    is_kept, paths = job
    kept = []
    for path in paths:
        pixels = read(path)
        if is_kept:
            kept.append(pixels)


def start_workers():
    """Starts the processes that the first argument asks for, prints the versions, and returns the number and the pool; None for one process."""
    workers = int(sys.argv[1])
    cv2.setNumThreads(1)
    pool = multiprocessing.Pool(workers) if workers > 1 else None
    print(f"pydicom {pydicom.__version__}, numpy {numpy.__version__}, OpenCV {cv2.__version__}", flush=True)
    return workers, pool


def main():
    workers, pool = start_workers()
    for line in sys.stdin:
        count, keep, folder = line.strip().split(" ", 2)
        files = sorted(str(path) for path in pathlib.Path(folder).iterdir())
        paths = [files[i % len(files)] for i in range(int(count))]
        start = time.perf_counter()
        try:
            if pool is None:
                read_all((keep == "keep", paths))
            else:
                pool.map(read_all, [(keep == "keep", paths[i::workers]) for i in range(workers)], chunksize=1)
        except Exception as error:  # plug-ins raise exceptions of many types
            print("cannot: " + str(error).replace("\n", " "), flush=True)
            continue
        print(repr(time.perf_counter() - start), flush=True)
    if pool is not None:
        pool.terminate()


if __name__ == "__main__":
    main()
