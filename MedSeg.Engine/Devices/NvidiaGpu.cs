namespace MedSeg.Devices;

/// <summary>A card that the NVIDIA driver offers to CUDA.</summary>
/// <param name="Name">The name, for example NVIDIA RTX A4000.</param>
/// <param name="MemoryTotal">Its memory in bytes, or null where it is not known.</param>
/// <param name="MemoryUsed">What all programs together use of it in bytes, or null where it is not known.</param>
internal sealed record NvidiaGpu(string Name, long? MemoryTotal, long? MemoryUsed);
