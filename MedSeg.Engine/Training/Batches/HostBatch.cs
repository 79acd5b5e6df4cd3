using MedSeg.Augmentation;

namespace MedSeg.Training.Batches;

/// <summary>What the processor prepares of a batch.</summary>
/// <param name="Count">The number B of slices.</param>
internal sealed record HostBatch(int Count)
{
    /// <summary>Gets the intensities, [B, S, S]; null where the slices are on the device already.</summary>
    public float[]? Images { get; init; }

    /// <summary>Gets the ROI numbers, [B, S, S]; null where the slices are on the device already.</summary>
    public byte[]? Labels { get; init; }

    /// <summary>Gets the slices' places among the training samples.</summary>
    public int[] Slices { get; init; } = [];

    /// <summary>Gets what the device is to do with the slices; null where that is done.</summary>
    public TransformTable? Drawn { get; init; }
}
