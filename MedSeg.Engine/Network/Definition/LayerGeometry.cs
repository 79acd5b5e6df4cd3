namespace MedSeg.Network.Definition;

/// <summary>The geometry of a layer of a network.</summary>
/// <param name="Side">The height and width of its output, in pixels.</param>
/// <param name="Stride">The stride of a convolution.</param>
/// <param name="Dilation">The dilation of a convolution.</param>
/// <param name="IsTransposed">Whether a convolution is transposed.</param>
internal readonly record struct LayerGeometry(int Side, int Stride = 1, int Dilation = 1, bool IsTransposed = false);
