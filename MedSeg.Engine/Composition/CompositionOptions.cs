using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Options;

namespace MedSeg.Composition;

/// <summary>What is measured within ROIs, and how fat and muscle are separated.</summary>
public sealed record CompositionOptions
{
    /// <summary>Gets how fat and muscle are separated; Dixon if <see cref="FatImagePath"/> is given.</summary>
    public FatMethod FatMethod { get; init; }

    /// <summary>Gets which pixels a threshold or mixture is fitted to.</summary>
    public FatScope FatScope { get; init; }

    /// <summary>Gets the number of clusters or components, 2 or 3: muscle, what is between, and fat.</summary>
    [OptionRange(2, 3)]
    public int Components { get; init; } = 2;

    /// <summary>Gets the number of the reference ROI, from 1; 0 for none.</summary>
    [OptionRange(0, 254)]
    public int ReferenceRoi { get; init; }

    /// <summary>Gets the threshold as a fraction of the median of the reference ROI.</summary>
    [OptionRange(0.01, 1)]
    public double ReferenceFraction { get; init; } = 0.5;

    /// <summary>Gets the number of pixels by which ROIs are made smaller on all sides before intensities are measured; areas stay those of the whole mask.</summary>
    [OptionRange(0, 100)]
    public int Erosion { get; init; }

    /// <summary>Gets what says which side of the body an ROI is on.</summary>
    public SideSource SideSource { get; init; }

    /// <summary>Gets the levels of slices; empty for none.</summary>
    public IReadOnlyList<SliceLevel> Levels { get; init; } = [];

    /// <summary>Gets the folder of the Dixon fat images, whose slices are those of the water images; null for none.</summary>
    public string? FatImagePath { get; init; }

    /// <summary>Gets the name of the channel with the water images, for <see cref="FatMethod.Dixon"/> without <see cref="FatImagePath"/>.</summary>
    public string WaterChannel { get; init; } = "water";

    /// <summary>Gets the name of the channel with the fat images, for <see cref="FatMethod.Dixon"/> without <see cref="FatImagePath"/>.</summary>
    public string FatChannel { get; init; } = "fat";

    /// <summary>Gets the least sum of water and fat of a pixel; where the sum is not greater, there is only noise, and the pixel is left out.</summary>
    [OptionRange(0, 1e9)]
    public double NoiseFloor { get; init; }

    /// <summary>Gets the method that is used.</summary>
    internal FatMethod Method => FatImagePath is null ? FatMethod : FatMethod.Dixon;

    /// <summary>Checks the options.</summary>
    /// <param name="labelNames">The names of the ROIs.</param>
    /// <param name="channels">The channels of the images.</param>
    /// <exception cref="MedSegException"><c>OptionOutOfRange</c> or <c>FatMethodInvalid</c>.</exception>
    internal void Validate(IReadOnlyList<string> labelNames, IReadOnlyList<ImageChannel> channels)
    {
        OptionRanges.Require(this);
        if (Method == FatMethod.Reference && (ReferenceRoi < 1 || ReferenceRoi > labelNames.Count))
        {
            throw Invalid($"The fat method Reference needs a reference ROI from 1 to {labelNames.Count}, but {ReferenceRoi} was given.", "Give the name or number of an ROI with -ReferenceRoi.");
        }

        if (FatMethod == FatMethod.Dixon && FatImagePath is null && (channels.Count == 0 || FindChannel(WaterChannel, channels) < 0 || FindChannel(FatChannel, channels) < 0))
        {
            throw channels.Count == 0
                ? Invalid("The fat method Dixon needs fat images next to the water images.", "Give their folder with -FatImagePath, or import both as channels.")
                : Invalid($"The fat method Dixon needs the channels '{WaterChannel}' and '{FatChannel}', but the data set has {string.Join(", ", channels.Select(channel => $"'{channel.Name}'"))}.", "Name them with -WaterChannel and -FatChannel, or give the folder of the fat images with -FatImagePath.");
        }

        if (FatImagePath is not null && FatMethod is not (FatMethod.None or FatMethod.Dixon))
        {
            throw Invalid($"Fat images were given, so the fat method is Dixon, not {FatMethod}.", "Leave out -FatMethod or -FatImagePath.");
        }
    }

    /// <summary>Finds a channel.</summary>
    /// <param name="name">Its name, without regard to case.</param>
    /// <param name="channels">The channels.</param>
    /// <returns>Its index, from 0; −1 if there is none.</returns>
    internal static int FindChannel(string name, IReadOnlyList<ImageChannel> channels) => channels.Select(channel => channel.Name).ToList().FindIndex(other => other.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static MedSegException Invalid(string finding, string advice) => new(ErrorKind.InvalidArgument, ErrorIds.FatMethodInvalid, finding) { Advice = advice };
}
