namespace MedSeg.Network.Cpu;

/// <summary>The sizes of Winograd's minimal filtering F(4×4, 3×3).</summary>
internal static class WinogradSize
{
    /// <summary>The rows and columns of a tile of the result.</summary>
    public const int Output = 4;

    /// <summary>The rows and columns of a tile of the input.</summary>
    public const int Input = 6;

    /// <summary>The points at which a tile is multiplied.</summary>
    public const int Points = Input * Input;
}
