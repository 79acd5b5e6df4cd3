namespace MedSeg.Network;

/// <summary>A trainable parameter of the network: its name, as in the published program's state dictionary, and shape.</summary>
/// <param name="Name">The name, for example <c>stage1.encoder1.0.weight</c>.</param>
/// <param name="Shape">The shape.</param>
/// <param name="FanIn">
/// The number of inputs that each output sums, which scales the initial values; 0 for the slopes of a PReLU.
/// </param>
internal sealed record ParameterShape(string Name, long[] Shape, int FanIn)
{
    /// <summary>Gets the number of values.</summary>
    public long Length { get; } = Shape.Aggregate(1L, (product, size) => product * size);
}
