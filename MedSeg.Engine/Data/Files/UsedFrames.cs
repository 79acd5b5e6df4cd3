using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>The frames of an image that a data set uses, where it does not use all.</summary>
/// <param name="TablePath">The absolute path of the table that lists them.</param>
/// <param name="Axis">The axis along which the numbers count the slices of a volume; <see cref="SliceAxis.Auto"/> for other images.</param>
/// <param name="Numbers">The numbers of the frames or slices, from 1; at least one.</param>
internal sealed record UsedFrames(string TablePath, SliceAxis Axis, IReadOnlySet<int> Numbers)
{
    private int Last { get; } = Numbers.Max();

    /// <summary>Returns how the image is read, so that the numbers count the same slices as in the table.</summary>
    /// <param name="reading">How images are read otherwise.</param>
    public ImageReading Of(ImageReading reading) => Axis == SliceAxis.Auto ? reading : reading with { Axis = Axis };

    /// <summary>Tells whether a slice is used.</summary>
    /// <param name="frame">The number of the frame or slice, from 1.</param>
    /// <param name="frames">How many the image has.</param>
    /// <param name="path">The absolute path of its image.</param>
    /// <exception cref="FileFormatException"><c>ImageChanged</c>: the image has fewer frames than the table lists.</exception>
    public bool Contains(int frame, int frames, string path) => Last <= frames
        ? Numbers.Contains(frame)
        : throw new FileFormatException(ErrorIds.ImageChanged, path, $"{Path.GetFileName(TablePath)} lists frame {Last}, but the image has {frames}.")
        {
            Advice = "Import the review again, or correct the table.",
        };

    /// <summary>Leaves out the slices that are not used.</summary>
    /// <param name="used">The frames that are used; null for all.</param>
    /// <param name="images">The slices of the image.</param>
    /// <param name="path">The absolute path of the image.</param>
    public static IEnumerable<ImageSlice> Filter(UsedFrames? used, IEnumerable<ImageSlice> images, string path) =>
        used is null ? images : images.Where(image => used.Contains(image.Frame, image.Frames, path));
}
