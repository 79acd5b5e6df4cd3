using System.Text.RegularExpressions;
using MedSeg.Volumes;

namespace MedSeg.Composition;

/// <summary>Finds the side of the body that ROIs are on.</summary>
internal static partial class RoiSides
{
    // A plane is more sagittal than anything else above the cosine of 45°: all of it is on one side.
    private const double Sagittal = 0.707;

    /// <summary>Returns the side that a name states.</summary>
    /// <param name="name">The name of an ROI.</param>
    /// <returns>The side; null if the name has none, or both.</returns>
    public static BodySide? OfName(string name)
    {
        bool isLeft = Left().IsMatch(name);
        return isLeft == Right().IsMatch(name) ? null : isLeft ? BodySide.Left : BodySide.Right;
    }

    /// <summary>Says whether an image shows both sides of the body next to each other.</summary>
    /// <param name="plane">The position of the image; null if it is not known.</param>
    public static bool CanDivide(ImagePlane? plane) => plane is { } known && Math.Abs(known.Normal.X) < Sagittal;

    /// <summary>Returns the part of a mask that is on a side of the middle of the image.</summary>
    /// <param name="mask">The ROI numbers, row by row.</param>
    /// <param name="plane">The position of the image. In DICOM's coordinates, x increases towards the patient's left.</param>
    /// <param name="side">The side.</param>
    /// <returns>The ROI numbers on that side, and 0 elsewhere.</returns>
    public static byte[] Part(byte[] mask, ImagePlane plane, BodySide side)
    {
        byte[] part = new byte[mask.Length];
        double middle = plane.Centre.X;
        for (int at = 0; at < mask.Length; at++)
        {
            if (mask[at] != 0)
            {
                double x = plane.Origin.X + (at % plane.Columns * plane.ColumnStep.X) + (at / plane.Columns * plane.RowStep.X);
                part[at] = x > middle == (side == BodySide.Left) ? mask[at] : (byte)0;
            }
        }

        return part;
    }

    [GeneratedRegex("(?<![A-Za-z])(left|lt|l)(?![A-Za-z0-9])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Left();

    [GeneratedRegex("(?<![A-Za-z])(right|rt|r)(?![A-Za-z0-9])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Right();
}
