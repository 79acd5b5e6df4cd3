using MedSeg.Imaging;

namespace MedSeg.Comparison;

/// <summary>The masks of all raters on one slice.</summary>
/// <param name="Name">The name of the slice.</param>
/// <param name="Patient">The patient; the name of the slice where it is not known.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Columns">The number of columns.</param>
/// <param name="Spacing">The pixel spacing; null where it is not known.</param>
/// <param name="Masks">The mask of each rater; null for a rater without one.</param>
internal sealed record RatedSlice(string Name, string Patient, int Rows, int Columns, PixelSpacing? Spacing, IReadOnlyList<PackedMask?> Masks);
