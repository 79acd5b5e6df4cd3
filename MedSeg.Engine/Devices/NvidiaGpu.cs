namespace MedSeg.Devices;

/// <summary>A GPU that the NVIDIA driver offers to CUDA.</summary>
/// <param name="Name">The name, for example NVIDIA RTX A4000.</param>
/// <param name="MemoryTotal">Its memory in bytes; null if it is not known.</param>
/// <param name="MemoryUsed">The memory that all programs together use, in bytes; null if it is not known.</param>
/// <param name="ComputeCapability">NVIDIA's number of what the GPU can do, for example 8.6; null if it is not known.</param>
internal sealed record NvidiaGpu(string Name, long? MemoryTotal, long? MemoryUsed, Version? ComputeCapability = null);
