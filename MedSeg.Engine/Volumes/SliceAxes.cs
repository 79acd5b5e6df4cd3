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

    /// <summary>Reads the name of an axis, as tables have it. A number is none.</summary>
    /// <param name="text">The name, without regard to case.</param>
    /// <param name="axis">The axis.</param>
    public static bool TryParse(string text, out SliceAxis axis)
    {
        axis = SliceAxis.Auto;
        return text.Length > 0 && char.IsAsciiLetter(text[0]) && Enum.TryParse(text, ignoreCase: true, out axis) && Enum.IsDefined(axis);
    }

    /// <summary>Checks whether an axis is a direction of the patient.</summary>
    /// <param name="axis">The axis.</param>
    public static bool IsOfPatient(SliceAxis axis) => axis is SliceAxis.Sagittal or SliceAxis.Coronal or SliceAxis.Axial;
}
