using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;

namespace MedSeg.Data.Samples;

/// <summary>The limits of the input size and of the number and names of ROIs. Data sets are checked against them before any file is read.</summary>
internal static class InputLimits
{
    /// <summary>The input size must be a multiple of this, because it is halved four times, first before stage 1.</summary>
    public const int SizeMultiple = 16;

    /// <summary>The largest input size that a file may state: a number beyond it would only allocate memory.</summary>
    public const int MaximumInputSize = 4096;

    /// <summary>The maximum number of ROIs: labels are bytes, and 255 is reserved.</summary>
    public const int MaximumRoiCount = 254;

    /// <summary>The largest number of channels of an image.</summary>
    public const int MaximumChannels = 8;

    /// <summary>The largest value of ignored pixels: masks have up to 16 bits.</summary>
    public const int MaximumIgnoreLabel = ushort.MaxValue;

    /// <summary>Checks an input size.</summary>
    /// <param name="inputSize">The side S of the square input, in pixels.</param>
    /// <exception cref="MedSegException"><c>InputSizeInvalid</c>: the size is not a positive multiple of 16.</exception>
    public static void RequireInputSize(int inputSize)
    {
        if (inputSize < SizeMultiple || inputSize % SizeMultiple != 0)
        {
            int lower = Math.Max(SizeMultiple, inputSize / SizeMultiple * SizeMultiple);
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.InputSizeInvalid, $"The input size is {inputSize}, but it must be a positive multiple of {SizeMultiple}.") { Advice = $"Use for example {lower} or {lower + SizeMultiple}." };
        }
    }

    /// <summary>Checks a number of ROIs.</summary>
    /// <param name="roiCount">The number K of ROIs.</param>
    /// <exception cref="MedSegException"><c>RoiCountInvalid</c>: the number is not from 1 to 254.</exception>
    public static void RequireRoiCount(int roiCount)
    {
        if (roiCount is < 1 or > MaximumRoiCount)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.RoiCountInvalid, $"The number of ROIs is {roiCount}, but it must be from 1 to {MaximumRoiCount}.");
        }
    }

    /// <summary>Checks the value of ignored pixels.</summary>
    /// <param name="ignoreLabel">The value; null if no pixels are ignored.</param>
    /// <param name="names">The names of the ROIs 1 to K; empty if the masks determine K.</param>
    /// <param name="map">The ROIs of mask values.</param>
    /// <exception cref="MedSegException"><c>IgnoreLabelInvalid</c>: the value is out of range, or that of an ROI.</exception>
    public static void RequireIgnoreLabel(int? ignoreLabel, IReadOnlyList<string> names, LabelMapping map)
    {
        if (ignoreLabel is not { } value)
        {
            return;
        }

        string? problem = value is < 1 or > MaximumIgnoreLabel ? $"it must be from 1 to {MaximumIgnoreLabel}"
            : map.Values.TryGetValue(value, out int roi) ? $"-LabelMap maps this value to ROI {roi}"
            : map.Values.Count == 0 && value <= names.Count ? $"this is the value of the ROI '{names[value - 1]}'"
            : null;
        if (problem is not null)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.IgnoreLabelInvalid, $"-IgnoreLabel is {value}, but {problem}.") { Advice = "Use a value that the masks have for ignored pixels only, for example 255." };
        }
    }

    /// <summary>Checks the channels of images.</summary>
    /// <param name="channels">The channels; empty for images with one channel.</param>
    /// <param name="inFiles">Whether the images are files, so that each channel must say which are its own.</param>
    /// <exception cref="MedSegException"><c>ChannelCountInvalid</c> or <c>ChannelInvalid</c>: a name or source is empty or given twice, or has control characters.</exception>
    public static void RequireChannels(IReadOnlyList<ImageChannel> channels, bool inFiles = true)
    {
        if (channels.Count > MaximumChannels)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.ChannelCountInvalid, $"The images have {channels.Count} channels, but there must be from 1 to {MaximumChannels}.");
        }

        string? problem = channels.Any(channel => string.IsNullOrWhiteSpace(channel.Name)) ? "A channel has an empty name."
            : channels.FirstOrDefault(channel => channel.Name.Any(char.IsControl) || channel.Source.Any(char.IsControl)) is { } odd ? $"The channel '{odd.Name}' has control characters."
            : channels.FirstOrDefault(channel => inFiles && channel.Source.Length == 0) is { } empty ? $"The channel '{empty.Name}' does not say which images are of it."
            : channels.GroupBy(channel => channel.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice ? $"Two channels have the same name, '{twice.Key}'."
            : channels.Where(_ => inFiles).GroupBy(channel => channel.Source, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } same ? $"Two channels have the same images, '{same.Key}'."
            : null;
        if (problem is not null)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.ChannelInvalid, problem) { Advice = "Use for example -Channel 'water=_W', 'fat=_F'." };
        }
    }

    /// <summary>Checks the names of ROIs: results are looked up by them.</summary>
    /// <param name="names">The names of the ROIs 1 to K.</param>
    /// <exception cref="MedSegException">
    /// A name is empty (<c>LabelNameEmpty</c>), given to two ROIs (<c>LabelNameTwice</c>), or has control characters (<c>LabelNameInvalid</c>).
    /// </exception>
    public static void RequireLabelNames(IReadOnlyList<string> names)
    {
        const string Advice = "Give each ROI a name of its own with -LabelName.";
        for (int i = 0; i < names.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(names[i]))
            {
                throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.LabelNameEmpty, $"ROI {i + 1} has an empty name.") { Advice = Advice };
            }

            if (names[i].Any(char.IsControl))
            {
                throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.LabelNameInvalid, $"The name of ROI {i + 1}, '{names[i]}', has control characters.") { Advice = Advice };
            }

            int first = names.Take(i).ToList().IndexOf(names[i]);
            if (first >= 0)
            {
                throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.LabelNameTwice, $"The ROIs {first + 1} and {i + 1} have the same name, '{names[i]}'.") { Advice = Advice };
            }
        }
    }
}
