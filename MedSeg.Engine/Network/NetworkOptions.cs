using MedSeg.Data.Samples;
using MedSeg.Errors;

namespace MedSeg.Network;

/// <summary>The architecture options of a pyramid network.</summary>
public sealed record NetworkOptions
{
    /// <summary>The input size must be a multiple of this, because it is halved four times, first before stage 1.</summary>
    public const int SizeMultiple = InputLimits.SizeMultiple;

    /// <summary>Gets the side S of the square input, in pixels.</summary>
    public required int InputSize { get; init; }

    /// <summary>Gets the number K of ROIs; the network has K + 1 outputs, the first for background.</summary>
    public required int RoiCount { get; init; }

    /// <summary>Gets the number of channels of the first level; the published network has S / 16.</summary>
    public required int BaseWidth { get; init; }

    /// <summary>Gets the probability with which dropout sets an activation to zero in training, at least 0 and below 1.</summary>
    public double DropoutRate { get; init; } = 0.3;

    /// <summary>Returns the options of the published network.</summary>
    /// <param name="inputSize">The side S of the input, in pixels.</param>
    /// <param name="roiCount">The number K of ROIs.</param>
    /// <returns>Options with a base width of S / 16.</returns>
    public static NetworkOptions Published(int inputSize, int roiCount) =>
        new() { InputSize = inputSize, RoiCount = roiCount, BaseWidth = inputSize / SizeMultiple };

    /// <summary>Checks the options.</summary>
    /// <exception cref="MedSegException"><c>InputSizeInvalid</c>, <c>RoiCountInvalid</c>, <c>BaseWidthInvalid</c> or <c>DropoutRateInvalid</c>.</exception>
    public void Validate()
    {
        InputLimits.RequireInputSize(InputSize);
        InputLimits.RequireRoiCount(RoiCount);
        if (BaseWidth is < 1 or > 256)
        {
            throw Invalid(ErrorIds.BaseWidthInvalid, $"The base width is {BaseWidth}, but it must be from 1 to 256. The published network has input size / 16.");
        }

        if (DropoutRate is not (>= 0 and < 1))
        {
            throw Invalid(ErrorIds.DropoutRateInvalid, $"The dropout rate is {DropoutRate}, but it must be at least 0 and below 1.");
        }
    }

    private static MedSegException Invalid(string id, string message) => new(ErrorKind.InvalidArgument, id, message);
}
