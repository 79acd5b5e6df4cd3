"""Segments DICOM slices with the published network, written plainly: file to mask file, as its users do it in Python.

Usage: segment_pytorch.py MODEL.pt SIZE BATCH. The model is a checkpoint of the published program's form. The first line of the
output tells versions, threads and the BLAS that is loaded; then each line of the input is a folder of DICOM files and a folder for
masks, separated by a tab, and for each, a line tells the seconds that it took. The model is loaded before the first.
"""
import pathlib
import sys
import time

import cv2
import numpy
import pydicom
import torch
from torch import nn
from torch.nn import functional


def chain(*widths, dilations=None):
    layers = []
    for i, (before, after) in enumerate(zip(widths, widths[1:])):
        dilation = dilations[i] if dilations else 1
        layers += [nn.Conv2d(before, after, 3, padding=dilation, dilation=dilation), nn.PReLU(after)]
    return nn.Sequential(*layers)


def down(before, after):
    return nn.Sequential(nn.Conv2d(before, after, 2, stride=2), nn.PReLU(after))


def up(before, after):
    return nn.Sequential(nn.ConvTranspose2d(before, after, 2, stride=2), nn.PReLU(after))


class Stage(nn.Module):
    def __init__(self, channels, outputs, width):
        super().__init__()
        c1, c2, c3, c4, c5 = (width << i for i in range(5))
        self.encoder1 = chain(channels, c1)
        self.encoder2 = chain(c2, c2, c2)
        self.encoder3 = chain(c3, c3, c3, c3, dilations=[1, 2, 4])
        self.encoder4 = chain(c4, c4, c4, c4, dilations=[3, 4, 5])
        self.decoder1 = chain(c4, c5, c5, c5)
        self.decoder2 = chain(c4 + c3, c4, c4, c4)
        self.decoder3 = chain(c3 + c2, c3, c3)
        self.decoder4 = chain(c2 + c1, c2)
        self.down_conv1 = down(c1, c2)
        self.down_conv2 = down(c2, c3)
        self.down_conv3 = down(c3, c4)
        self.down_conv4 = chain(c4, c5)
        self.up_conv1 = up(c5, c4)
        self.up_conv2 = up(c4, c3)
        self.up_conv3 = up(c3, c2)
        self.map = nn.Sequential(nn.Conv2d(c2, outputs, 1), nn.Softmax(dim=1))
        self.is_first = channels == 1

    def forward(self, x):
        e1 = self.encoder1(x)
        if self.is_first:
            e1 = e1 + x
        x = self.down_conv1(e1)
        e2 = self.encoder2(x) + x
        x = self.down_conv2(e2)
        e3 = self.encoder3(x) + x
        x = self.down_conv3(e3)
        e4 = self.encoder4(x) + x
        d1 = self.decoder1(e4) + self.down_conv4(e4)
        x = self.up_conv1(d1)
        d2 = self.decoder2(torch.cat([x, e3], 1)) + x
        x = self.up_conv2(d2)
        d3 = self.decoder3(torch.cat([x, e2], 1)) + x
        x = self.up_conv3(d3)
        return self.map(self.decoder4(torch.cat([x, e1], 1)) + x)


class Pyramid(nn.Module):
    def __init__(self, size, outputs, width):
        super().__init__()
        self.size = size
        self.stage1 = Stage(1, outputs, width)
        self.stage2 = Stage(outputs + 1, outputs, width)

    def forward(self, image):
        half = functional.interpolate(image, size=self.size // 2, mode="bilinear", align_corners=False)
        first = functional.interpolate(self.stage1(half), size=self.size, mode="bilinear", align_corners=False)
        return self.stage2(torch.cat([first, image], 1))


def read(path, size):
    dataset = pydicom.dcmread(path)
    pixels = dataset.pixel_array.astype(numpy.float32)
    slope = float(getattr(dataset, "RescaleSlope", 1))
    intercept = float(getattr(dataset, "RescaleIntercept", 0))
    if slope != 1 or intercept != 0:
        pixels = pixels * numpy.float32(slope) + numpy.float32(intercept)
    if pixels.shape != (size, size):
        pixels = cv2.resize(pixels, (size, size), interpolation=cv2.INTER_LINEAR)
    least, greatest = pixels.min(), pixels.max()
    return (pixels - least) / max(greatest - least, numpy.float32(1e-30))


def segment(network, source, target, size, batch):
    paths = sorted(pathlib.Path(source).iterdir())
    for first in range(0, len(paths), batch):
        part = paths[first:first + batch]
        images = torch.from_numpy(numpy.stack([read(path, size) for path in part])[:, None])
        masks = network(images).argmax(1).to(torch.uint8).numpy()
        for path, mask in zip(part, masks):
            cv2.imwrite(str(pathlib.Path(target) / (path.stem + ".png")), mask)


def loaded_blas():
    with open("/proc/self/maps", encoding="utf-8") as maps:
        names = {pathlib.Path(line.split()[-1]).name for line in maps if "blas" in line}
    return ", ".join(sorted(names)) or "none"


def main():
    model, size, batch = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    state = {name.removeprefix("module."): value for name, value in torch.load(model, map_location="cpu")["state_dict"].items()}
    width, outputs = state["stage1.encoder1.0.weight"].shape[0], state["stage1.map.0.weight"].shape[0]
    network = Pyramid(size, outputs, width)
    network.load_state_dict(state)
    network.eval()
    print(f"torch {torch.__version__}, pydicom {pydicom.__version__}, OpenCV {cv2.__version__}, {torch.get_num_threads()} threads, BLAS: {loaded_blas()}", flush=True)
    for line in sys.stdin:
        source, target = line.rstrip("\n").split("\t")
        start = time.perf_counter()
        with torch.no_grad():
            segment(network, source, target, size, batch)
        print(repr(time.perf_counter() - start), flush=True)


if __name__ == "__main__":
    main()
