namespace MedSeg.Labels;

/// <summary>A label mask as read from its file, before it is checked.</summary>
/// <param name="Rows">The number of rows.</param>
/// <param name="Columns">The number of columns.</param>
/// <param name="Values">The values, row by row: 0 is background, k is ROI k.</param>
/// <param name="IsLossy">Whether the format may have changed the values (JPEG).</param>
public sealed record LabelImage(int Rows, int Columns, float[] Values, bool IsLossy)
{
    /// <summary>Gets a value indicating whether the values are already ROI numbers, because the reader mapped colours or segments.</summary>
    public bool IsMapped { get; init; }

    /// <summary>Gets a value that the reader rounded to a whole number, as far as the scale of the file allows; <see langword="null"/> if it rounded none.</summary>
    internal double? RoundedFrom { get; init; }
}
