using MedSeg.Imaging;

namespace MedSeg.Volumes;

/// <summary>Names the axis along which a slice was cut from its volume.</summary>
internal static class SliceAxes
{
    /// <summary>Returns the axis of a slice.</summary>
    /// <param name="image">The slice.</param>
    /// <returns>The direction of the patient that is closest to the axis; the axis of the file if it has no directions; <see langword="null"/> for a slice of no volume.</returns>
    public static SliceAxis? Of(ImageSlice image)
    {
        if (image.Section is not { } section)
        {
            return null;
        }

        return image.Plane is { Normal: var normal }
            ? SliceAxis.Sagittal + Enumerable.Range(0, 3).MaxBy(axis => Math.Abs(normal[axis]))
            : SliceAxis.First + section.Across;
    }

    /// <summary>Checks whether an axis is a direction of the patient.</summary>
    /// <param name="axis">The axis.</param>
    public static bool IsOfPatient(SliceAxis axis) => axis is SliceAxis.Sagittal or SliceAxis.Coronal or SliceAxis.Axial;
}
