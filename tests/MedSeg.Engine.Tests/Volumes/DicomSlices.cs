using MedSeg.Dicom;
using MedSeg.Volumes;

namespace MedSeg.Tests.Volumes;

internal static class DicomSlices
{
    /// <summary>Returns the labels of a DICOM image.</summary>
    public static SliceLabels Slice(this LabelVolume volume, DicomImage image) => volume.Slice(ImageSlice.Of(image));
}
