namespace MedSeg.Network.Definition;

/// <summary>A trainable parameter of a network: its name, as in a PyTorch state dictionary, its shape and its initial values.</summary>
/// <param name="Name">The name, for example <c>stage1.encoder1.0.weight</c>.</param>
/// <param name="Shape">The shape.</param>
/// <param name="Initial">The initial values.</param>
/// <param name="FanIn">The number of inputs that each output sums, as PyTorch counts it, which scales random initial values; 0 for others.</param>
internal sealed record ParameterShape(string Name, long[] Shape, InitialValue Initial, int FanIn = 0)
{
    /// <summary>Gets the number of values.</summary>
    public long Length { get; } = Shape.Aggregate(1L, (product, size) => product * size);
}
