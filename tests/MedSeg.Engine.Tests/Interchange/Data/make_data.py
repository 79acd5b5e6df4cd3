"""Makes the .pt files of this folder with PyTorch (Debian's python3-torch)."""
import collections
import torch

torch.manual_seed(1)
layers = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.PReLU(2))
# With _metadata, which torch.save writes as attributes of the dictionary.
torch.save(layers.state_dict(), "state_dict.pt")
optimizer = torch.optim.Adam(layers.parameters())
layers(torch.ones(1, 1, 4, 4)).sum().backward()
optimizer.step()
torch.save({"epoch": 7, "state_dict": layers.state_dict(), "optimizer": optimizer.state_dict()}, "checkpoint.pt")
# Views: transposed, with an offset, sharing a storage, and types other than float.
base = torch.arange(12, dtype=torch.float32).reshape(3, 4)
views = collections.OrderedDict(
    transposed=base.t(), part=base[1:, 2:], scalar=base[2, 3], half=base.half(), count=torch.tensor(2**40), empty=torch.zeros(0, 3))
torch.save(views, "views.pt")
