namespace MedSeg.Interchange.PyTorch;

/// <summary>A storage of a .pt file: a block of numbers that tensors refer to.</summary>
/// <param name="ElementType">The element type by its safetensors name.</param>
/// <param name="Key">The name of its entry in the archive, after <c>data/</c>.</param>
/// <param name="Length">The number of elements.</param>
internal sealed record TorchStorage(string ElementType, string Key, long Length);
