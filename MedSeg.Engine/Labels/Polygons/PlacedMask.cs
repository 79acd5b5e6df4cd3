namespace MedSeg.Labels.Polygons;

/// <summary>A mask of a part of an image.</summary>
/// <param name="Left">The column of its first pixel in the image.</param>
/// <param name="Top">The row of its first pixel in the image.</param>
/// <param name="Columns">The number of columns of the part.</param>
/// <param name="Values">The pixels, row by row; 0 is outside.</param>
internal sealed record PlacedMask(int Left, int Top, int Columns, float[] Values)
{
    /// <summary>Sets the pixels of the mask to 1 and leaves the others as they are.</summary>
    /// <param name="rows">The number of rows of the image.</param>
    /// <param name="columns">The number of columns of the image.</param>
    /// <param name="pixels">The pixels, row by row.</param>
    /// <returns><see langword="false"/> if the mask is not completely inside of the image.</returns>
    public bool TryFill(int rows, int columns, int[] pixels)
    {
        int height = Values.Length / Columns;
        if (Left < 0 || Top < 0 || Left > columns - Columns || Top > rows - height)
        {
            return false;
        }

        for (int i = 0; i < Values.Length; i++)
        {
            if (Values[i] != 0)
            {
                pixels[((Top + (i / Columns)) * columns) + Left + (i % Columns)] = 1;
            }
        }

        return true;
    }
}
