"""Trains a U-Net in plain PyTorch for some CPU time, in the manner of nnU-Net, and prints the Dice of held-out slices.

Usage: unet_torch.py FOLDER SECONDS [--size 128] [--width 16] [--batch 2] [--rate 0.002] [--seed 0] [--minmax]. The folder is one
that head_mr.py makes: train and heldout, each with dicoms and labels. Compare-Recipes.ps1 gives MedSeg the same slices and the same CPU
time. Run it with OMP_NUM_THREADS=1, and with OpenBLAS in LD_LIBRARY_PATH, since Debian's default BLAS is slow.

The network has five levels of two 3x3 convolutions, instance normalization and leaky ReLU, strided convolutions down,
transposed ones up, Kaiming's initial weights, and deep supervision. Loss: Dice of the batch and cross-entropy. Adam with
polynomial decay to the end of the time, averaged weights. Slices are z-scored, turned by up to 15 degrees, scaled by
0.75 to 1.25, moved, and changed in brightness, contrast and noise. Masks are compared at the size of the images; pairs
of slice and ROI count that are in either mask, and the mean is taken over the slices, then over the ROIs, as for
ValidationDice. Validation is not part of the time.
"""
import argparse
import pathlib
import time

import cv2
import numpy
import pydicom
import torch
from torch import nn
from torch.nn import functional


def convolutions(inputs, outputs, stride=1):
    layers = []
    for channels, step in ((inputs, stride), (outputs, 1)):
        layers += [nn.Conv2d(channels, outputs, 3, step, 1), nn.InstanceNorm2d(outputs, affine=True), nn.LeakyReLU(0.01, inplace=True)]
    return nn.Sequential(*layers)


class UNet(nn.Module):
    def __init__(self, width, outputs, levels=5):
        super().__init__()
        widths = [min(512, width << level) for level in range(levels)]
        pairs = list(zip(widths, widths[1:]))
        self.encoders = nn.ModuleList([convolutions(1, width)] + [convolutions(upper, lower, stride=2) for upper, lower in pairs])
        self.ups = nn.ModuleList([nn.ConvTranspose2d(lower, upper, 2, 2) for upper, lower in pairs])
        self.decoders = nn.ModuleList([convolutions(2 * upper, upper) for upper, _ in pairs])
        self.maps = nn.ModuleList([nn.Conv2d(upper, outputs, 1) for upper, _ in pairs])
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
                nn.init.kaiming_normal_(module.weight, a=0.01)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        encoded = []
        for encoder in self.encoders:
            x = encoder(x)
            encoded.append(x)
        outputs = []
        for level in reversed(range(len(self.ups))):
            x = self.decoders[level](torch.cat([self.ups[level](x), encoded[level]], 1))
            outputs.insert(0, self.maps[level](x))
        return outputs


def read(folder, size, minmax):
    slices = []
    for path in sorted((folder / "dicoms").iterdir()):
        image = cv2.resize(pydicom.dcmread(path).pixel_array.astype(numpy.float32), (size, size), interpolation=cv2.INTER_AREA)
        image = (image - image.min()) / (image.max() - image.min()) if minmax else (image - image.mean()) / image.std()
        slices.append((image, numpy.load(folder / "labels" / f"{path.stem}.npy")))
    return slices


def reduce(label, size, outputs):
    parts = [cv2.resize((label == roi).astype(numpy.float32), (size, size), interpolation=cv2.INTER_AREA) for roi in range(outputs)]
    return numpy.stack(parts).argmax(0).astype(numpy.uint8)


def augment(image, label, random):
    size = image.shape[0]
    move = cv2.getRotationMatrix2D((size / 2, size / 2), random.uniform(-15, 15), random.uniform(0.75, 1.25))
    move[:, 2] += random.uniform(-size / 20, size / 20, 2)
    image = cv2.warpAffine(image, move, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    label = cv2.warpAffine(label, move, (size, size), flags=cv2.INTER_NEAREST)
    image = image * random.uniform(0.85, 1.15) + random.normal(0, 0.05) + random.normal(0, random.uniform(0, 0.05), image.shape)
    return image.astype(numpy.float32), label


def loss_of(values, labels):
    probabilities = values.softmax(1)
    one_hot = functional.one_hot(labels, values.shape[1]).permute(0, 3, 1, 2).float()
    dice = (2 * (probabilities * one_hot).sum((0, 2, 3)) + 1e-5) / ((probabilities + one_hot).sum((0, 2, 3)) + 1e-5)
    return functional.cross_entropy(values, labels) + 1 - dice[1:].mean()


@torch.no_grad()
def score(network, slices, rois):
    dice, overlaps, areas = [[] for _ in range(rois)], numpy.zeros(rois), numpy.zeros(rois)
    for image, label in slices:
        probabilities = network(torch.from_numpy(image)[None, None])[0].softmax(1)
        mask = functional.interpolate(probabilities, size=label.shape, mode="bilinear")[0].argmax(0).numpy()
        for roi in range(rois):
            found, drawn = mask == roi + 1, label == roi + 1
            overlap, area = (found & drawn).sum(), found.sum() + drawn.sum()
            overlaps[roi] += overlap
            areas[roi] += area
            if area:
                dice[roi].append(2 * overlap / area)
    return numpy.mean([numpy.mean(part) for part in dice]), (2 * overlaps / areas).mean()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--width", type=int, default=16)
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minmax", action="store_true", help="scale slices to 0 to 1 instead of z-scores")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    random = numpy.random.default_rng(options.seed)
    training = read(options.folder / "train", options.size, options.minmax)
    held_out = read(options.folder / "heldout", options.size, options.minmax)
    rois = int(max(label.max() for _, label in training))
    training = [(image, reduce(label, options.size, rois + 1)) for image, label in training]
    network = UNet(options.width, rois + 1)
    average = torch.optim.swa_utils.AveragedModel(network, avg_fn=lambda old, new, _: 0.99 * old + 0.01 * new)
    optimizer = torch.optim.Adam(network.parameters(), lr=options.rate)
    start, steps = time.process_time(), 0
    while (used := (time.process_time() - start) / options.seconds) < 1:
        optimizer.param_groups[0]["lr"] = options.rate * (1 - used) ** 0.9
        chosen = random.choice(len(training), options.batch, replace=False)
        images, labels = (numpy.stack(part) for part in zip(*(augment(*training[i], random) for i in chosen)))
        optimizer.zero_grad()
        loss, weights = 0, 0
        for level, values in enumerate(network(torch.from_numpy(images)[:, None])):
            step = 1 << level
            loss = loss + loss_of(values, torch.from_numpy(labels[:, ::step, ::step].astype(numpy.int64))) / step
            weights += 1 / step
        (loss / weights).backward()
        nn.utils.clip_grad_norm_(network.parameters(), 12)
        optimizer.step()
        average.update_parameters(network)
        steps += 1
    dice, pooled = score(average, held_out, rois)
    print(f"{steps} steps, {steps * options.batch / len(training):.0f} epochs: mean held-out Dice {dice:.3f}, pooled over slices {pooled:.3f}")


main()
