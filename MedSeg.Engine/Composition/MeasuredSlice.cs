
namespace MedSeg.Composition;

/// <summary>A slice whose masks were measured, before fat and muscle are separated.</summary>
/// <param name="Rois">The ROIs without fat.</param>
/// <param name="Intensities">The intensities of each ROI.</param>
/// <param name="FatFractions">The Dixon fat fractions of the same pixels, 0 to 1; empty without fat images.</param>
internal sealed record MeasuredSlice(IReadOnlyList<RoiComposition> Rois, IReadOnlyList<float[]> Intensities, IReadOnlyList<float[]> FatFractions);
