namespace MedSeg.Interchange.PyTorch;

/// <summary>A tuple of a pickle.</summary>
internal sealed class PickleTuple(object?[] items)
{
    /// <summary>Gets the items.</summary>
    public object?[] Items { get; } = items;
}
