using MedSeg.Errors;

namespace MedSeg.Data.Samples;

/// <summary>The limits of the input size and the number of ROIs. Data sets are checked against them before any file is read.</summary>
internal static class InputLimits
{
    /// <summary>The input size must be a multiple of this, because it is halved four times, first before stage 1.</summary>
    public const int SizeMultiple = 16;

    /// <summary>The maximum number of ROIs: labels are bytes, and 255 is reserved.</summary>
    public const int MaximumRoiCount = 254;

    /// <summary>Checks an input size.</summary>
    /// <param name="inputSize">The side S of the square input, in pixels.</param>
    /// <exception cref="MedSegException"><c>InputSizeInvalid</c>: the size is not a positive multiple of 16.</exception>
    public static void RequireInputSize(int inputSize)
    {
        if (inputSize < SizeMultiple || inputSize % SizeMultiple != 0)
        {
            int lower = Math.Max(SizeMultiple, inputSize / SizeMultiple * SizeMultiple);
            throw new MedSegException(ErrorKind.InvalidArgument, "InputSizeInvalid", $"The input size is {inputSize}, but it must be a positive multiple of {SizeMultiple}.") { Advice = $"Use for example {lower} or {lower + SizeMultiple}." };
        }
    }

    /// <summary>Checks a number of ROIs.</summary>
    /// <param name="roiCount">The number K of ROIs.</param>
    /// <exception cref="MedSegException"><c>RoiCountInvalid</c>: the number is not from 1 to 254.</exception>
    public static void RequireRoiCount(int roiCount)
    {
        if (roiCount is < 1 or > MaximumRoiCount)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, "RoiCountInvalid", $"The number of ROIs is {roiCount}, but it must be from 1 to {MaximumRoiCount}.");
        }
    }
}
