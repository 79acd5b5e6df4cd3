using System.Globalization;

namespace MedSeg.Network.Definition;

/// <summary>A layer of a network that has parameters.</summary>
public sealed record NetworkLayer
{
    /// <summary>Gets the name of the layer in the state dictionary, such as <c>stage1.encoder1.0</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the kind, such as <c>Conv 3×3, dilation 2</c>, <c>InstanceNorm</c> or <c>PReLU</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Gets the number of channels of the output.</summary>
    public required int Channels { get; init; }

    /// <summary>Gets the height and width of the output, in pixels, for an input of the network's size.</summary>
    public required int Side { get; init; }

    /// <summary>Gets the number of trainable parameters.</summary>
    public required long Parameters { get; init; }

    /// <summary>Gets the shape of the output for one slice: channels × rows × columns.</summary>
    public string OutputShape => string.Create(CultureInfo.InvariantCulture, $"{Channels} × {Side} × {Side}");
}
