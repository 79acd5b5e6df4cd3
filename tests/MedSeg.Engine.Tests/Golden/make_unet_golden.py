#!/usr/bin/python3
"""Makes the values of unet_32_2 and pyramidnorm_32_1 with PyTorch (Debian: python3-torch), and checks the pyramid against pyramid_32_2.

Usage: python3 make_unet_golden.py. The networks are those of docs/python.md, so the page is what MedSeg is compared with.
"""
import json
import pathlib
import re
import struct

import numpy as np
import torch
from torch.nn.functional import one_hot

HERE = pathlib.Path(__file__).parent
PAGE = HERE.parents[2] / "docs" / "python.md"
exec(re.search("```py\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S).group(1))
torch.manual_seed(7)
torch.set_num_threads(1)


def targets(labels, outputs, rois):
    """The labels at the size of each output: what covers most of a pixel."""
    planes = one_hot(labels.long(), rois + 1).permute(0, 3, 1, 2).float()
    for p in outputs:
        factor = labels.shape[1] // p.shape[2]
        areas = torch.nn.functional.avg_pool2d(planes, factor)
        yield one_hot(areas.argmax(1), rois + 1).permute(0, 3, 1, 2).float()


def loss_of(outputs, weights, labels, rois):
    """Dice and cross-entropy."""
    total = 0
    for p, weight, truth in zip(outputs, weights, targets(labels, outputs, rois)):
        dice = 2 * (p * truth).sum((2, 3)) / ((p * p).sum((2, 3)) + (truth * truth).sum((2, 3)) + 1e-5)
        entropy = -((p * truth).sum(1) + 1e-7).log().mean()
        total = total + weight * (1 - dice[:, 1:].mean() + entropy)
    return total


def write_safetensors(path, tensors):
    header, data = {}, b""
    for name, tensor in tensors.items():
        content = tensor.detach().contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def read_safetensors(path):
    content = path.read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:8 + length])
    header.pop("__metadata__", None)
    return {name: torch.from_numpy(np.frombuffer(content[8 + length:][slice(*part["data_offsets"])], np.float32).copy()).view(part["shape"])
            for name, part in header.items()}


def digits(number):
    return float(f"{number.item():.9g}")


def disturb(network):
    """Norms and slopes that are not their initial values."""
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if parameter.dim() == 1:
                parameter.add_(0.2 * torch.randn(parameter.shape))


def make(folder, network, size, rois, channels, weights, description):
    network.train()
    disturb(network)
    grid = torch.arange(size * size).view(1, size, size)
    labels = torch.cat([(grid // 37 + grid % size // 5) % (rois + 1), (grid // 61 + grid % size // 9) % (rois + 1)]).to(torch.uint8)
    image = torch.rand(2, channels, size, size) + 0.5 * labels.unsqueeze(1)
    target = HERE / folder
    target.mkdir(exist_ok=True)
    write_safetensors(target / "weights.safetensors", dict(network.named_parameters()))
    np.save(target / "input.npy", image.numpy())
    np.save(target / "labels.npy", labels.numpy())
    network.eval()
    wide = torch.rand(1, channels, size, 2 * size)
    np.save(target / "wide.npy", wide.numpy())
    with torch.no_grad():
        np.save(target / "wide_output.npy", network(wide).numpy()[:, 1:])
    network.train()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    losses, gradients, sums = [], {}, {}
    for step in range(3):
        optimizer.zero_grad()
        outputs = network(image)
        loss = loss_of(outputs, weights, labels, rois)
        losses.append(loss.item())
        loss.backward()
        if step == 0:
            for i, output in enumerate(outputs):
                np.save(target / f"output{i}.npy", output.detach().numpy()[:, 1:])
            for name, parameter in network.named_parameters():
                g = parameter.grad.double().flatten()
                gradients[name] = [digits(g.norm()), digits((g * torch.arange(1, len(g) + 1).double().cos()).sum())]
        optimizer.step()
        if step == 0:
            for name, parameter in network.named_parameters():
                w = parameter.detach().double().flatten()
                sums[name] = digits((w * torch.arange(1, len(w) + 1).double().cos()).sum())
    expected = dict(description, input_size=size, rois=rois, channels=channels, losses=losses, gradients=gradients, after_step=sums,
                    parameters=sum(p.numel() for p in network.parameters()))
    (target / "expected.json").write_text(json.dumps(expected) + "\n")


def check_pyramid():
    """The same lines without normalization give the published program's values."""
    folder = HERE / "pyramid_32_2"
    network = Pyramid(rois=2, width=2)
    network.load_state_dict(read_safetensors(folder / "weights.safetensors"))
    found = network(torch.from_numpy(np.load(folder / "input.npy")))
    for stage, probabilities in zip(("stage1.npy", "stage2.npy"), found):
        assert np.abs(probabilities.detach().numpy() - np.load(folder / stage)).max() < 1e-5, stage


check_pyramid()
make("unet_32_2", UNet(32, 2, width=2, channels=2), 32, 2, 2, [2 / 3, 4 / 3], {"architecture": "UNet", "base_width": 2})
make("pyramidnorm_32_1", Pyramid(1, width=1, norm=True), 32, 1, 1, [1, 1], {"architecture": "PyramidNorm", "base_width": 1})
