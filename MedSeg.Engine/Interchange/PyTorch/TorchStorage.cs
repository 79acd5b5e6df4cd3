namespace MedSeg.Interchange.PyTorch;

/// <summary>A block of numbers of a .pt file.</summary>
/// <param name="ElementType">The element type, as safetensors names it.</param>
/// <param name="Key">The name of its entry in the archive, behind <c>data/</c>.</param>
/// <param name="Length">The number of elements.</param>
internal sealed record TorchStorage(string ElementType, string Key, long Length);
