"""Runs training steps of the two-stage pyramid network in plain PyTorch, as a researcher would write them.

Started by `MedSeg.Benchmarks train` with the input size, the number of ROIs, the batch size, a file with one batch, the memory layout
(channels-first or channels-last) and the precision (float32, or bfloat16 by autocast). Prints a line with versions, then answers each input line with a line of numbers:
  step    seconds for data, forward, loss, backward, optimiser, and CPU seconds in total
  matmul  GFLOP/s of a product of two 2048 x 2048 matrices
  peak    peak memory so far, in bytes
"""
import resource
import sys
import time

try:
    import numpy as np
    import torch
    from torch import nn

    from pyramid_torch import Pyramid, autocast, matrix_rate, memory_format, use_all_cores, versions
except ImportError:
    sys.exit(0)


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


def main():
    use_all_cores()
    size, rois, batch = (int(text) for text in sys.argv[1:4])
    layout, precision = memory_format(sys.argv[5]), sys.argv[6]
    content = np.fromfile(sys.argv[4], dtype=np.uint8)
    pixels = batch * size * size
    images = content[: 4 * pixels].view(np.float32).reshape(batch, 1, size, size)
    labels = content[4 * pixels:].reshape(batch, size, size)
    network = Pyramid(size, rois + 1, size // 16).to(memory_format=layout)
    network.train()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-4)
    parameters = sum(p.numel() for p in network.parameters())
    print(f"Python {sys.version.split()[0]}, {versions()}, {parameters} parameters", flush=True)
    for line in sys.stdin:
        command = line.strip()
        if command == "step":
            marks = [time.perf_counter()]
            used = time.process_time()
            image = torch.from_numpy(images.copy()).contiguous(memory_format=layout)
            label = torch.from_numpy(labels.copy())
            marks.append(time.perf_counter())
            optimizer.zero_grad()
            with autocast(precision):
                first, second = network(image)
            marks.append(time.perf_counter())
            loss = dice_loss(first.float(), second.float(), label, rois)
            marks.append(time.perf_counter())
            loss.backward()
            marks.append(time.perf_counter())
            optimizer.step()
            loss.item()
            marks.append(time.perf_counter())
            print(*(b - a for a, b in zip(marks, marks[1:])), time.process_time() - used, flush=True)
        elif command == "matmul":
            print(matrix_rate(), flush=True)
        elif command == "peak":
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, flush=True)


main()
