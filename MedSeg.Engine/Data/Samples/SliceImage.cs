using MedSeg.Dicom;
using MedSeg.Dicom.Attributes;
using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Data.Samples;

/// <summary>A slice in memory: real values at the image's own size, and what is known of them.</summary>
public sealed record SliceImage
{
    /// <summary>Gets the name, for results and messages.</summary>
    public string Name { get; init; } = "image";

    /// <summary>Gets the intensities, row by row, [Rows, Columns]; greater means brighter. They are read and never changed.</summary>
    public required float[] Pixels { get; init; }

    /// <summary>Gets the intensities of the second and further channels, each row by row, [Rows, Columns]; empty if there is one channel.</summary>
    public IReadOnlyList<float[]> OtherChannels { get; init; } = [];

    /// <summary>Gets the number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Gets the number of columns.</summary>
    public required int Columns { get; init; }

    /// <summary>Gets the distance between pixel centres; null where it is unknown, and areas are in pixels only.</summary>
    public PixelSpacing? Spacing { get; init; }

    /// <summary>Gets the window of the DICOM file, which the normalization Window needs; null where there is none.</summary>
    public VoiWindow? Window { get; init; }

    /// <summary>Gets the modality, for example MR; null where it is unknown.</summary>
    public string? Modality { get; init; }

    /// <summary>Takes the pixels and attributes of a decoded DICOM image.</summary>
    /// <param name="image">The image; it shares its pixels with the result.</param>
    /// <param name="name">The name, for results and messages.</param>
    /// <returns>The slice.</returns>
    public static SliceImage FromDicom(DicomImage image, string name)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Of(ImageSlice.Of(image), name);
    }

    /// <summary>Takes the pixels and attributes of a decoded slice.</summary>
    /// <param name="image">The slice; it shares its pixels with the result.</param>
    /// <param name="name">The name, for results and messages.</param>
    internal static SliceImage Of(ImageSlice image, string name) => new()
    {
        Name = name,
        Pixels = image.Pixels,
        Rows = image.Rows,
        Columns = image.Columns,
        Spacing = image.Spacing,
        Window = image.Window,
        Modality = image.Modality,
        OtherChannels = [.. image.OtherChannels.Select(channel => channel.Pixels)],
    };

    /// <summary>Copies the slice, since preprocessing overwrites the pixels that it is given.</summary>
    /// <exception cref="ArgumentException">The number of pixels is not Rows × Columns.</exception>
    internal ImageSlice Copy()
    {
        foreach (float[] pixels in OtherChannels.Prepend(Pixels))
        {
            if (Rows < 1 || Columns < 1 || pixels.Length != (long)Rows * Columns)
            {
                throw new ArgumentException($"{Name}: {pixels.Length} pixels were given for {Rows} × {Columns}.");
            }
        }

        ImageSlice first = Copy(Pixels);
        return OtherChannels.Count == 0 ? first : first with { OtherChannels = [.. OtherChannels.Select(Copy)] };
    }

    private ImageSlice Copy(float[] pixels) => new()
    {
        Pixels = [.. pixels],
        Rows = Rows,
        Columns = Columns,
        Spacing = Spacing,
        Window = Window,
        Modality = Modality,
        IsDicom = true,
    };
}
