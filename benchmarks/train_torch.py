"""Takes training steps of the two-stage pyramid network with PyTorch, as a researcher would write them plainly.

Started by `MedSeg.Benchmarks train` with the input size, the number of ROIs, the batch size and a file with one batch.
Prints a line with versions, then answers each line that it reads with a line of numbers:
  step    seconds of data, forward, loss, backward, optimiser, and processor seconds of all
  matmul  GFLOP/s of a product of two 2048 x 2048 matrices
  peak    most memory so far, in bytes
"""
import ctypes
import os
import resource
import sys
import time

try:
    import numpy as np
    import torch
    from torch import nn
except ImportError:
    sys.exit(0)


def conv(a, b, kernel=3, stride=1, dilation=1):
    padding = dilation if kernel == 3 else 0
    return [nn.Conv2d(a, b, kernel, stride=stride, padding=padding, dilation=dilation), nn.PReLU(b)]


def chain(a, b, dilations):
    layers = []
    for dilation in dilations:
        layers += conv(a, b, dilation=dilation)
        a = b
    return nn.Sequential(*layers)


class Stage(nn.Module):
    def __init__(self, inputs, outputs, width):
        super().__init__()
        c = [width << level for level in range(5)]
        self.encoder1 = chain(inputs, c[0], [1])
        self.encoder2 = chain(c[1], c[1], [1, 1])
        self.encoder3 = chain(c[2], c[2], [1, 2, 4])
        self.encoder4 = chain(c[3], c[3], [3, 4, 5])
        self.decoder1 = chain(c[3], c[4], [1, 1, 1])
        self.decoder2 = chain(c[3] + c[2], c[3], [1, 1, 1])
        self.decoder3 = chain(c[2] + c[1], c[2], [1, 1])
        self.decoder4 = chain(c[1] + c[0], c[1], [1])
        self.down1 = nn.Sequential(*conv(c[0], c[1], kernel=2, stride=2))
        self.down2 = nn.Sequential(*conv(c[1], c[2], kernel=2, stride=2))
        self.down3 = nn.Sequential(*conv(c[2], c[3], kernel=2, stride=2))
        self.down4 = nn.Sequential(*conv(c[3], c[4]))
        self.up1 = nn.Sequential(nn.ConvTranspose2d(c[4], c[3], 2, 2), nn.PReLU(c[3]))
        self.up2 = nn.Sequential(nn.ConvTranspose2d(c[3], c[2], 2, 2), nn.PReLU(c[2]))
        self.up3 = nn.Sequential(nn.ConvTranspose2d(c[2], c[1], 2, 2), nn.PReLU(c[1]))
        self.map = nn.Sequential(nn.Conv2d(c[1], outputs, 1), nn.Softmax(dim=1))

    def forward(self, x):
        drop = lambda y: nn.functional.dropout(y, 0.3, self.training)
        e1 = self.encoder1(x)
        if x.shape[1] == 1:
            e1 = e1 + x
        down = self.down1(e1)
        e2 = drop(self.encoder2(down) + down)
        down = self.down2(e2)
        e3 = drop(self.encoder3(down) + down)
        down = self.down3(e3)
        e4 = drop(self.encoder4(down) + down)
        d1 = drop(self.decoder1(e4) + self.down4(e4))
        up = self.up1(d1)
        d2 = drop(self.decoder2(torch.cat([up, e3], 1)) + up)
        up = self.up2(d2)
        d3 = drop(self.decoder3(torch.cat([up, e2], 1)) + up)
        up = self.up3(d3)
        d4 = self.decoder4(torch.cat([up, e1], 1)) + up
        return self.map(d4)


class Pyramid(nn.Module):
    def __init__(self, size, rois):
        super().__init__()
        self.size = size
        self.stage1 = Stage(1, rois + 1, size // 16)
        self.stage2 = Stage(rois + 2, rois + 1, size // 16)

    def forward(self, image):
        resize = lambda x, size: nn.functional.interpolate(x, size=(size, size), mode="bilinear", align_corners=False)
        first = resize(self.stage1(resize(image, self.size // 2)), self.size)
        return first, self.stage2(torch.cat([first, image], 1))


def dice_loss(first, second, labels, rois):
    one_hot = nn.functional.one_hot(labels.long(), rois + 1).permute(0, 3, 1, 2).float()
    loss = 2
    for probabilities in (first, second):
        for roi in range(1, rois + 1):
            p, g = probabilities[:, roi], one_hot[:, roi]
            overlap = (p * g).sum(dim=(1, 2))
            dice = 2 * overlap / ((p * p).sum(dim=(1, 2)) + (g * g).sum(dim=(1, 2)) + 1e-5)
            loss = loss - dice / rois
    return torch.as_tensor(loss).mean()


def blas():
    with open("/proc/self/maps") as maps:
        paths = {line.split()[-1] for line in maps if "blas" in line}
    for path in paths:
        library = ctypes.CDLL(path)
        if hasattr(library, "openblas_get_config"):
            library.openblas_get_config.restype = ctypes.c_char_p
            return library.openblas_get_config().decode()
    return "reference BLAS (slow; install libopenblas0-pthread)"


def matmul():
    a, b = torch.rand(2048, 2048), torch.rand(2048, 2048)
    start = time.perf_counter()
    torch.mm(a, b)
    return 2 * 2048**3 / (time.perf_counter() - start) / 1e9


def main():
    # Left alone, Debian's torch takes one thread on some processors.
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    size, rois, batch = (int(text) for text in sys.argv[1:4])
    content = np.fromfile(sys.argv[4], dtype=np.uint8)
    pixels = batch * size * size
    images = content[: 4 * pixels].view(np.float32).reshape(batch, 1, size, size)
    labels = content[4 * pixels:].reshape(batch, size, size)
    network = Pyramid(size, rois)
    network.train()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-4)
    parameters = sum(p.numel() for p in network.parameters())
    print(f"Python {sys.version.split()[0]}, torch {torch.__version__}, {torch.get_num_threads()} threads, {blas()}, {parameters} parameters", flush=True)
    for line in sys.stdin:
        command = line.strip()
        if command == "step":
            marks = [time.perf_counter()]
            used = time.process_time()
            image, label = torch.from_numpy(images.copy()), torch.from_numpy(labels.copy())
            marks.append(time.perf_counter())
            optimizer.zero_grad()
            first, second = network(image)
            marks.append(time.perf_counter())
            loss = dice_loss(first, second, label, rois)
            marks.append(time.perf_counter())
            loss.backward()
            marks.append(time.perf_counter())
            optimizer.step()
            loss.item()
            marks.append(time.perf_counter())
            print(*(b - a for a, b in zip(marks, marks[1:])), time.process_time() - used, flush=True)
        elif command == "matmul":
            print(matmul(), flush=True)
        elif command == "peak":
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, flush=True)


main()
