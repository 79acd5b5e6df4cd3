namespace MedSeg.Imaging;

/// <summary>Finds the least and the greatest value of an image.</summary>
internal static class IntensityRange
{
    /// <summary>Finds the range.</summary>
    /// <param name="pixels">The pixels; not empty.</param>
    /// <returns>The least and the greatest value.</returns>
    public static (float Least, float Greatest) Of(ReadOnlySpan<float> pixels)
    {
        float least = pixels[0];
        float greatest = pixels[0];
        foreach (float value in pixels)
        {
            least = Math.Min(least, value);
            greatest = Math.Max(greatest, value);
        }

        return (least, greatest);
    }
}
