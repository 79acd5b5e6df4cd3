"""The two-stage pyramid network in PyTorch, as a researcher would write it plainly, with the published names of its parameters."""
import contextlib
import ctypes
import os
import time

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


def resize(x, size):
    return functional.interpolate(x, size=(size, size), mode="bilinear", align_corners=False)


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

    def drop(self, x):
        return functional.dropout(x, 0.3, self.training)

    def forward(self, x):
        e1 = self.encoder1(x)
        if self.is_first:
            e1 = e1 + x
        x = self.down_conv1(e1)
        e2 = self.drop(self.encoder2(x) + x)
        x = self.down_conv2(e2)
        e3 = self.drop(self.encoder3(x) + x)
        x = self.down_conv3(e3)
        e4 = self.drop(self.encoder4(x) + x)
        d1 = self.drop(self.decoder1(e4) + self.down_conv4(e4))
        x = self.up_conv1(d1)
        d2 = self.drop(self.decoder2(torch.cat([x, e3], 1)) + x)
        x = self.up_conv2(d2)
        d3 = self.drop(self.decoder3(torch.cat([x, e2], 1)) + x)
        x = self.up_conv3(d3)
        return self.map(self.decoder4(torch.cat([x, e1], 1)) + x)


class Pyramid(nn.Module):
    def __init__(self, size, outputs, width):
        super().__init__()
        self.size = size
        self.stage1 = Stage(1, outputs, width)
        self.stage2 = Stage(outputs + 1, outputs, width)

    def forward(self, image):
        first = resize(self.stage1(resize(image, self.size // 2)), self.size)
        return first, self.stage2(torch.cat([first, image], 1))


def memory_format(layout):
    return torch.channels_last if layout == "channels-last" else torch.contiguous_format


def autocast(precision):
    return torch.autocast("cpu", dtype=torch.bfloat16) if precision == "bfloat16" else contextlib.nullcontext()


def matrix_rate(side=2048):
    """GFLOP/s of a product of two square matrices."""
    a, b = torch.rand(side, side), torch.rand(side, side)
    start = time.perf_counter()
    torch.mm(a, b)
    return 2 * side**3 / (time.perf_counter() - start) / 1e9


def use_all_cores():
    # By default, Debian's torch uses one thread on some CPUs. OMP_NUM_THREADS limits MedSeg as well.
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", len(os.sched_getaffinity(0)))))


def versions():
    return f"torch {torch.__version__}, {torch.get_num_threads()} threads, {blas()}"


def blas():
    with open("/proc/self/maps", encoding="utf-8") as maps:
        paths = {line.split()[-1] for line in maps if "blas" in line}
    for path in paths:
        library = ctypes.CDLL(path)
        if hasattr(library, "openblas_get_config"):
            library.openblas_get_config.restype = ctypes.c_char_p
            return library.openblas_get_config().decode()
    return "reference BLAS (slow; install libopenblas0-pthread)"
