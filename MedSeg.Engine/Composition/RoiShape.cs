using MedSeg.Imaging;

namespace MedSeg.Composition;

/// <summary>Measures the shapes of ROIs in a mask.</summary>
internal static class RoiShape
{
    /// <summary>Makes all ROIs smaller: a pixel stays if its four side neighbours are of the same ROI, again and again.</summary>
    /// <param name="mask">The ROI numbers, row by row.</param>
    /// <param name="columns">The pixels of a row.</param>
    /// <param name="pixels">The number of pixels to take off all sides.</param>
    /// <returns>The smaller ROIs.</returns>
    public static byte[] Erode(byte[] mask, int columns, int pixels)
    {
        for (int i = 0; i < pixels; i++)
        {
            byte[] before = mask;
            mask = new byte[before.Length];
            for (int at = columns; at < before.Length - columns; at++)
            {
                byte roi = before[at];
                int column = at % columns;
                bool isInside = column > 0 && column < columns - 1
                    && before[at - 1] == roi && before[at + 1] == roi && before[at - columns] == roi && before[at + columns] == roi;
                mask[at] = isInside ? roi : (byte)0;
            }
        }

        return mask;
    }

    /// <summary>Returns the centroid.</summary>
    /// <param name="mask">The ROI numbers, row by row.</param>
    /// <param name="columns">The pixels of a row.</param>
    /// <param name="roi">The ROI.</param>
    /// <returns>The mean row and column, from 0; null if the ROI has no pixel.</returns>
    public static (double Row, double Column)? Centroid(byte[] mask, int columns, int roi)
    {
        (long count, double rows, double sum) = (0, 0, 0);
        for (int at = 0; at < mask.Length; at++)
        {
            if (mask[at] == roi)
            {
                count++;
                rows += at / columns;
                sum += at % columns;
            }
        }

        return count > 0 ? (rows / count, sum / count) : null;
    }

    /// <summary>
    /// Estimates the length of the edge by Crofton's formula: the number of chords along rows, columns and both diagonals, weighted by
    /// the angles that they stand for (Legland, Kiêu and Devaux 2007).
    /// </summary>
    /// <param name="mask">The ROI numbers, row by row.</param>
    /// <param name="columns">The pixels of a row.</param>
    /// <param name="roi">The ROI.</param>
    /// <param name="spacing">The pixel spacing.</param>
    /// <returns>The length in mm.</returns>
    public static double Perimeter(byte[] mask, int columns, int roi, PixelSpacing spacing)
    {
        double diagonal = Math.Sqrt((spacing.Row * spacing.Row) + (spacing.Column * spacing.Column));
        double angle = Math.Atan2(spacing.Row, spacing.Column) / Math.PI;
        double sum = (Chords(mask, columns, roi, 0, 1) * angle / spacing.Column)
            + (Chords(mask, columns, roi, 1, 0) * (0.5 - angle) / spacing.Row)
            + ((Chords(mask, columns, roi, 1, 1) + Chords(mask, columns, roi, 1, -1)) * 0.25 / diagonal);
        return Math.PI * spacing.PixelArea * sum;
    }

    // The number of pieces that lines of a direction cut out of the ROI: pixels without a predecessor on their line.
    private static long Chords(byte[] mask, int columns, int roi, int rowStep, int columnStep)
    {
        long count = 0;
        for (int at = 0; at < mask.Length; at++)
        {
            if (mask[at] == roi)
            {
                int row = (at / columns) - rowStep;
                int column = (at % columns) - columnStep;
                count += row >= 0 && column >= 0 && column < columns && mask[(row * columns) + column] == roi ? 0 : 1;
            }
        }

        return count;
    }
}
