using MedSeg.Devices;

namespace MedSeg.Inference.Backends;

/// <summary>What computes a network, and how.</summary>
/// <param name="Library">The library.</param>
/// <param name="Device">The device: auto, cpu, cuda or cuda:n; for ONNX Runtime also directml or directml:n.</param>
/// <param name="Precision">The number format of the convolutions.</param>
internal sealed record BackendChoice(InferenceBackend Library, string Device = "auto", Precision Precision = Precision.Float32);
