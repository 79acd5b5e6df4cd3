namespace MedSeg.Interchange.PyTorch;

/// <summary>
/// A list or dictionary of a pickle. Once it is inside another container it can no longer change, so that no container can
/// contain itself.
/// </summary>
internal abstract class PickleContainer
{
    /// <summary>Gets or sets a value indicating whether it is inside another container.</summary>
    public bool IsClosed { get; set; }
}
