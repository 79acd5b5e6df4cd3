using MedSeg.Data.Samples;
using MedSeg.Imaging;

namespace MedSeg.Inspection;

/// <summary>How often the labels of an ROI are in several parts.</summary>
/// <param name="Slices">The number of slices with the ROI.</param>
/// <param name="InSeveralParts">The number of those in which the largest connected part has less than 95 % of its pixels.</param>
internal readonly record struct RoiPartCount(int Slices, int InSeveralParts)
{
    // Stray pixels at a ragged edge are not a part that anybody would miss.
    private const double WholeShare = 0.95;

    /// <summary>Gets a value indicating whether the numbers are possible.</summary>
    internal bool IsValid => InSeveralParts >= 0 && Slices >= InSeveralParts;

    /// <summary>Counts the slices of an ROI.</summary>
    /// <param name="samples">The slices, all usable.</param>
    /// <param name="roi">The ROI's number, from 1.</param>
    public static RoiPartCount Of(IReadOnlyList<Sample> samples, int roi)
    {
        Sample[] having = [.. samples.Where(s => s.RoiPixels[roi] > 0)];
        return new RoiPartCount(having.Length, having.Count(s => IsDivided(s.RoiParts[roi], s.RoiPixels[roi])));
    }

    private static bool IsDivided(RoiComponents parts, long pixels) => parts.Count > 1 && parts.LargestPixels < WholeShare * pixels;
}
