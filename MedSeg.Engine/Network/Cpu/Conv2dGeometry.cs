namespace MedSeg.Network.Cpu;

/// <summary>
/// The geometry of a convolution: row i of the coarse image depends on the rows i · stride − padding + tap · dilation of the fine image,
/// and likewise for columns. A convolution goes from the fine image to the coarse one, a transposed convolution in the other direction.
/// </summary>
/// <param name="Side">The number of rows and of columns of the kernel; the number of taps is its square.</param>
/// <param name="Stride">The stride, in pixels, at most the side of the kernel, so that each fine pixel is the source of a coarse one.</param>
/// <param name="Padding">The number of rows and of columns of zeros around the fine image.</param>
/// <param name="Dilation">The distance between the taps of the kernel, in pixels.</param>
internal readonly record struct Conv2dGeometry(int Side, int Stride, int Padding, int Dilation)
{
    /// <summary>Gets the number of taps.</summary>
    public int Taps => Side * Side;

    /// <summary>Returns the number of rows or columns of the coarse image.</summary>
    /// <param name="fine">The number of rows or columns of the fine image.</param>
    public int Coarse(int fine) => ((fine + (2 * Padding) - ((Side - 1) * Dilation) - 1) / Stride) + 1;

    /// <summary>Returns the row of the fine image that is the source of row 0 of the coarse image at a tap.</summary>
    /// <param name="tap">The tap, from 0, row by row.</param>
    public int Row(int tap) => (tap / Side * Dilation) - Padding;

    /// <summary>Returns the column of the fine image that is the source of column 0 of the coarse image at a tap.</summary>
    /// <param name="tap">The tap, from 0, row by row.</param>
    public int Column(int tap) => (tap % Side * Dilation) - Padding;

    /// <summary>Returns the first row and column of the fine image, both less than the stride, whose pixels the tap reads; the others follow in steps of the stride.</summary>
    /// <param name="tap">The tap, from 0, row by row.</param>
    public (int Row, int Column) Phase(int tap) => (Modulo(Row(tap)), Modulo(Column(tap)));

    private int Modulo(int place) => ((place % Stride) + Stride) % Stride;
}
