using System.Globalization;
using MedSeg.Errors;

namespace MedSeg.Imaging;

/// <summary>How images are read.</summary>
/// <param name="Axis">The axis along which volumes that are not DICOM are cut into slices.</param>
/// <param name="Spacing">The pixel spacing of pictures, which do not state it; null if it is not known.</param>
internal sealed record ImageReading(SliceAxis Axis = SliceAxis.Auto, PixelSpacing? Spacing = null)
{
    /// <summary>Gets the channels; empty if images have one channel.</summary>
    public IReadOnlyList<ImageChannel> Channels { get; init; } = [];

    /// <summary>Gets a value indicating whether channels with other pixels than the first are resampled.</summary>
    public bool ResampleChannels { get; init; }

    /// <summary>Gets a value indicating whether the first number of each pixel is read of a file with several, for somebody who looks at the image.</summary>
    public bool TakesFirst { get; init; }

    /// <summary>Checks the options.</summary>
    /// <exception cref="MedSegException"><c>OptionOutOfRange</c>: the axis is none, or the spacing is not a distance.</exception>
    public void Require()
    {
        if (!Enum.IsDefined(Axis))
        {
            throw OutOfRange("SliceAxis", $"{Axis:D}", $"one of {string.Join(", ", Enum.GetNames<SliceAxis>())}");
        }

        if (Spacing is { } spacing && !(spacing is { Row: > 0, Column: > 0 } && double.IsFinite(spacing.Row) && double.IsFinite(spacing.Column)))
        {
            throw OutOfRange("PixelSpacing", string.Create(CultureInfo.InvariantCulture, $"{spacing.Row}, {spacing.Column}"), "one or two numbers greater than 0");
        }
    }

    private static MedSegException OutOfRange(string name, string value, string allowed) =>
        new(ErrorKind.InvalidArgument, ErrorIds.OptionOutOfRange, $"-{name} is {value}; it must be {allowed}.") { Advice = $"Change -{name}." };
}
