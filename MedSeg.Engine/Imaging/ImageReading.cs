namespace MedSeg.Imaging;

/// <summary>How images that are not DICOM are read.</summary>
/// <param name="Axis">The axis along which volumes are cut into slices.</param>
internal sealed record ImageReading(SliceAxis Axis = SliceAxis.Auto);
