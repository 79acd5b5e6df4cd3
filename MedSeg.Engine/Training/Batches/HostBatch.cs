using MedSeg.Augmentation;

namespace MedSeg.Training.Batches;

/// <summary>A batch as the CPU prepares it.</summary>
/// <param name="Count">The number B of slices.</param>
internal sealed record HostBatch(int Count)
{
    /// <summary>Gets the intensities, [B, C, S, S], in an array that may be longer; null where the slices are on the device already.</summary>
    public float[]? Images { get; init; }

    /// <summary>Gets the ROI numbers, [B, S, S], in an array that may be longer; null where the slices are on the device already.</summary>
    public byte[]? Labels { get; init; }

    /// <summary>Gets the indices of the slices among the training samples; empty where they do not matter.</summary>
    public int[] Slices { get; init; } = [];

    /// <summary>Gets the transforms that the device has yet to apply; null where the slices are ready for the network.</summary>
    public TransformTable? Drawn { get; init; }
}
