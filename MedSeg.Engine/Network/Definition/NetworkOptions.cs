using MedSeg.Data.Samples;
using MedSeg.Errors;

namespace MedSeg.Network.Definition;

/// <summary>The architecture of a network and its options.</summary>
public sealed record NetworkOptions
{
    /// <summary>The input size must be a multiple of this, because the pyramid halves it four times, first before stage 1.</summary>
    public const int SizeMultiple = InputLimits.SizeMultiple;

    /// <summary>The largest number of channels of the input.</summary>
    public const int MaxChannels = InputLimits.MaximumChannels;

    /// <summary>The base width of a U-Net where none is given: half of nnU-Net's, for a quarter of its computing time.</summary>
    public const int DefaultUNetWidth = 16;

    internal const int MaxBaseWidth = 256;

    // Stage 1 of the pyramid works at a sixteenth of the input size at last; instance normalization needs more than one pixel there.
    private const int MinNormalizedSize = 2 * SizeMultiple;

    /// <summary>Gets the architecture.</summary>
    public NetworkArchitecture Architecture { get; init; }

    /// <summary>Gets the side S of the square input, in pixels.</summary>
    public required int InputSize { get; init; }

    /// <summary>Gets the number of channels of the input, from 1 to 8.</summary>
    public int Channels { get; init; } = 1;

    /// <summary>Gets the number K of ROIs; the network has K + 1 outputs, the first for background.</summary>
    public required int RoiCount { get; init; }

    /// <summary>Gets the number of channels of the first level; see <see cref="DefaultWidth"/>.</summary>
    public required int BaseWidth { get; init; }

    /// <summary>Gets the probability with which dropout sets an activation to zero in training, at least 0 and below 1.</summary>
    public double DropoutRate { get; init; } = 0.3;

    /// <summary>Returns the options of the published network.</summary>
    /// <param name="inputSize">The side S of the input, in pixels.</param>
    /// <param name="roiCount">The number K of ROIs.</param>
    /// <returns>Options with a base width of S / 16.</returns>
    public static NetworkOptions Published(int inputSize, int roiCount) =>
        new() { InputSize = inputSize, RoiCount = roiCount, BaseWidth = DefaultWidth(NetworkArchitecture.Pyramid, inputSize) };

    /// <summary>Returns the base width of an architecture where none is given.</summary>
    /// <param name="architecture">The architecture.</param>
    /// <param name="inputSize">The side S of the input, in pixels.</param>
    /// <returns>The published S / 16 for the pyramids, 16 for the U-Net.</returns>
    public static int DefaultWidth(NetworkArchitecture architecture, int inputSize) =>
        architecture == NetworkArchitecture.UNet ? DefaultUNetWidth : inputSize / SizeMultiple;

    /// <summary>Checks the options.</summary>
    /// <exception cref="MedSegException">
    /// <c>ArchitectureUnknown</c>, <c>InputSizeInvalid</c>, <c>RoiCountInvalid</c>, <c>ChannelCountInvalid</c>, <c>BaseWidthInvalid</c> or
    /// <c>DropoutRateInvalid</c>.
    /// </exception>
    public void Validate()
    {
        if (!Enum.IsDefined(Architecture))
        {
            throw Invalid(ErrorIds.ArchitectureUnknown, $"There is no architecture {(int)Architecture}; there are {string.Join(", ", Enum.GetNames<NetworkArchitecture>())}.");
        }

        InputLimits.RequireInputSize(InputSize);
        InputLimits.RequireRoiCount(RoiCount);
        if (Architecture == NetworkArchitecture.PyramidNorm && InputSize < MinNormalizedSize)
        {
            throw Invalid(ErrorIds.InputSizeInvalid, $"The input size is {InputSize}, but PyramidNorm needs at least {MinNormalizedSize}: its deepest level would have one pixel, which cannot be normalized.");
        }

        if (Channels is < 1 or > MaxChannels)
        {
            throw Invalid(ErrorIds.ChannelCountInvalid, $"The input has {Channels} channels, but there must be from 1 to {MaxChannels}.");
        }

        if (BaseWidth is < 1 or > MaxBaseWidth)
        {
            throw Invalid(ErrorIds.BaseWidthInvalid, $"The base width is {BaseWidth}, but it must be from 1 to {MaxBaseWidth}. The published network has input size / 16.");
        }

        if (DropoutRate is not (>= 0 and < 1))
        {
            throw Invalid(ErrorIds.DropoutRateInvalid, $"The dropout rate is {DropoutRate}, but it must be at least 0 and below 1.");
        }
    }

    private static MedSegException Invalid(string id, string message) => new(ErrorKind.InvalidArgument, id, message);
}
