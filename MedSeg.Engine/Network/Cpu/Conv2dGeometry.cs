namespace MedSeg.Network.Cpu;

/// <summary>
/// How a coarse image's pixels see a fine one: the coarse pixel at row i sees the fine rows i · stride − padding + tap · dilation, and
/// so do columns. A convolution goes from the fine image to the coarse one, a transposed convolution the other way.
/// </summary>
/// <param name="Side">The rows and columns of the kernel; its taps are the square of it.</param>
/// <param name="Stride">The distance of what neighbours see, in pixels. Above 1, neighbours see nothing in common: it is then the side, without padding.</param>
/// <param name="Padding">The rows and columns of zeros around the fine image.</param>
/// <param name="Dilation">The distance of a kernel's taps, in pixels.</param>
internal readonly record struct Conv2dGeometry(int Side, int Stride, int Padding, int Dilation)
{
    /// <summary>Gets the number of taps.</summary>
    public int Taps => Side * Side;

    /// <summary>Gives the number of rows, or of columns, of the coarse image.</summary>
    /// <param name="fine">That of the fine one.</param>
    public int Coarse(int fine) => ((fine + (2 * Padding) - ((Side - 1) * Dilation) - 1) / Stride) + 1;

    /// <summary>Gives the row of the fine image that the coarse row 0 sees through a tap.</summary>
    /// <param name="tap">The tap, from 0, row by row.</param>
    public int Row(int tap) => (tap / Side * Dilation) - Padding;

    /// <summary>Gives the column of the fine image that the coarse column 0 sees through a tap.</summary>
    /// <param name="tap">The tap, from 0, row by row.</param>
    public int Column(int tap) => (tap % Side * Dilation) - Padding;
}
