using MedSeg.Inference.Scans;

namespace MedSeg.Inference;

/// <summary>A batch whose masks are not written yet.</summary>
/// <param name="Slices">The slices that could be used.</param>
/// <param name="Masks">Their masks.</param>
/// <param name="Results">What is reported of them, without the paths of the files.</param>
internal sealed record ComputedBatch((SourceSlice Slice, PreparedImage Image)[] Slices, SliceMask[] Masks, SegmentedSlice[] Results);
