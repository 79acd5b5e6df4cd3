namespace MedSeg.Network.Cpu;

/// <summary>Where and how a layer stores the images that it computes.</summary>
/// <param name="Arena">The memory of the images and of their gradients.</param>
/// <param name="KeepsValues">Whether the images are kept from the forward pass to the backward pass.</param>
/// <param name="IsNarrow">Whether the images are bfloat16.</param>
internal readonly record struct ImageStorage(ImageArena Arena, bool KeepsValues = false, bool IsNarrow = false);
