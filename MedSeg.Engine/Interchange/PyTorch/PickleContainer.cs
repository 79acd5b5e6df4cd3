namespace MedSeg.Interchange.PyTorch;

/// <summary>
/// A list or dictionary of a pickle. It is filled, then put into another one, and can't change from then on: so no
/// container can come to hold itself.
/// </summary>
internal abstract class PickleContainer
{
    /// <summary>Gets or sets a value indicating whether it lies in another one.</summary>
    public bool IsClosed { get; set; }
}
