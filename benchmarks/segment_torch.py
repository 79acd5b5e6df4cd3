"""Segments slices with the published network in PyTorch, as its users do it in Python.

Usage: segment_torch.py MODEL.pt SIZE IMAGES LAYOUT PRECISION MODE. The model is a checkpoint of the published program's form. IMAGES is a file of
prepared slices, float32. LAYOUT is channels-first or channels-last, PRECISION float32 or bfloat16 (by autocast), MODE eager, frozen (traced
and frozen TorchScript) or optimized (the same after torch.jit.optimize_for_inference). The first output line has versions, threads and the
loaded BLAS. Each input line is a command, whose parts are separated by tabs, and is answered by a line of numbers:
  infer BATCH                 seconds and CPU seconds of the network alone for the first slices, and the mean square of the probabilities
  scan SOURCE TARGET BATCH    seconds from a folder of DICOM files to mask files and a table of areas
  matmul                      GFLOP/s of a product of two 2048 x 2048 matrices
"""
import pathlib
import sys
import time

try:
    import cv2
    import numpy
    import pydicom
    import torch

    from pyramid_torch import Pyramid, autocast, matrix_rate, memory_format, use_all_cores, versions
    from read_pydicom import prepare
except ImportError:
    sys.exit(0)


class Segmenter:
    def __init__(self, model, size, images, layout, precision, mode):
        state = {name.removeprefix("module."): value for name, value in torch.load(model, map_location="cpu")["state_dict"].items()}
        width, outputs = state["stage1.encoder1.0.weight"].shape[0], state["stage1.map.0.weight"].shape[0]
        network = Pyramid(size, outputs, width)
        network.load_state_dict(state)
        self.size, self.outputs, self.layout, self.precision = size, outputs, memory_format(layout), precision
        self.images = torch.from_numpy(numpy.fromfile(images, dtype=numpy.float32).reshape(-1, 1, size, size))
        self.network = network.eval().to(memory_format=self.layout)
        if mode != "eager":
            example = torch.rand(1, 1, size, size).contiguous(memory_format=self.layout)
            self.network = torch.jit.freeze(torch.jit.trace(self.network, example))
        if mode == "optimized":
            self.network = torch.jit.optimize_for_inference(self.network)

    def predict(self, images):
        with autocast(self.precision):
            return self.network(images.contiguous(memory_format=self.layout))[1]

    def infer(self, batch):
        images = self.images[:batch]
        start, used = time.perf_counter(), time.process_time()
        probabilities = self.predict(images)
        seconds, processor = time.perf_counter() - start, time.process_time() - used
        return seconds, processor, probabilities.double().square().mean().item()

    def scan(self, source, target, batch):
        start = time.perf_counter()
        paths = sorted(pathlib.Path(source).iterdir())
        with open(pathlib.Path(target) / "areas.csv", "w", encoding="utf-8") as areas:
            for first in range(0, len(paths), batch):
                self.segment(paths[first:first + batch], pathlib.Path(target), areas)
        return (time.perf_counter() - start,)

    def segment(self, paths, target, areas):
        files = [pydicom.dcmread(path) for path in paths]
        images = torch.from_numpy(numpy.stack([prepare(file, self.size) for file in files])[:, None])
        masks = self.predict(images).argmax(1).to(torch.uint8).numpy()
        for path, file, mask in zip(paths, files, masks):
            cv2.imwrite(str(target / (path.stem + ".png")), mask)
            pixel = float(file.PixelSpacing[0]) * float(file.PixelSpacing[1])
            print(path.stem, *numpy.bincount(mask.ravel(), minlength=self.outputs)[1:] * pixel, sep=",", file=areas)


def main():
    use_all_cores()
    segmenter = Segmenter(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
    print(f"{versions()}, pydicom {pydicom.__version__}, OpenCV {cv2.__version__}", flush=True)
    for line in sys.stdin:
        command, *arguments = line.rstrip("\n").split("\t")
        with torch.inference_mode():
            if command == "infer":
                print(*segmenter.infer(int(arguments[0])), flush=True)
            elif command == "scan":
                print(*segmenter.scan(arguments[0], arguments[1], int(arguments[2])), flush=True)
            elif command == "matmul":
                print(matrix_rate(), flush=True)


main()
