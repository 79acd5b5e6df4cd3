using System.Globalization;

namespace MedSeg.Inference;

/// <summary>Gathers what is to be warned of in a series, so that it is told once and not for each slice.</summary>
internal sealed class SeriesWarnings(ScanSeries series)
{
    private int _unlike;
    private int _withoutSpacing;
    private SegmentedSlice? _firstUnlike;
    private SegmentedSlice? _firstWithoutSpacing;

    /// <summary>Adds a slice.</summary>
    public void Add(SegmentedSlice slice)
    {
        if (slice.Differences.Count > 0)
        {
            _unlike++;
            _firstUnlike ??= slice;
        }

        if (slice.Spacing is null)
        {
            _withoutSpacing++;
            _firstWithoutSpacing ??= slice;
        }
    }

    /// <summary>Tells the warnings.</summary>
    public void Tell(Action<string>? warning)
    {
        if (_firstUnlike is { } unlike)
        {
            warning?.Invoke($"{unlike.ImagePath}: the image is unlike those that the model was trained on: {string.Join("; ", unlike.Differences)}. {Share(_unlike)} are. Look at the masks before you use them.");
        }

        if (_firstWithoutSpacing is { } missing)
        {
            warning?.Invoke($"{missing.ImagePath}: the file states no pixel spacing, so areas are in pixels only. {Share(_withoutSpacing)} have none. Export the images with Pixel Spacing (0028,0030).");
        }
    }

    private string Share(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} of {series.Slices.Count} slices of the series");
}
