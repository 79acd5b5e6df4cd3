namespace MedSeg.Interchange.PyTorch;

/// <summary>A list of a pickle.</summary>
internal sealed class PickleList : PickleContainer
{
    /// <summary>Gets the items.</summary>
    public List<object?> Items { get; } = [];
}
