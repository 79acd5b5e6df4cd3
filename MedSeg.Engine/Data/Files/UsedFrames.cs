using MedSeg.Errors;
using MedSeg.Imaging;

namespace MedSeg.Data.Files;

/// <summary>The frames of an image that a data set uses, where it does not use all.</summary>
/// <param name="TablePath">The absolute path of the table that lists them.</param>
/// <param name="Axis">The axis along which the numbers count the slices of a volume; <see cref="SliceAxis.Auto"/> for other images.</param>
/// <param name="Numbers">The numbers of the frames or slices, from 1; at least one.</param>
internal sealed record UsedFrames(string TablePath, SliceAxis Axis, IReadOnlySet<int> Numbers)
{
    /// <summary>Returns how the image is read, so that the numbers count the same slices as in the table.</summary>
    /// <param name="reading">How images are read otherwise.</param>
    public ImageReading Of(ImageReading reading) => Axis == SliceAxis.Auto ? reading : reading with { Axis = Axis };

    /// <summary>Tells whether a slice is used.</summary>
    /// <param name="frame">The number of the frame or slice, from 1.</param>
    /// <param name="frames">How many the image has.</param>
    /// <param name="path">The absolute path of its image.</param>
    /// <exception cref="FileFormatException"><c>ImageChanged</c>: the image has fewer frames than the table lists.</exception>
    public bool Contains(int frame, int frames, string path) => Numbers.Max() is var last && last <= frames
        ? Numbers.Contains(frame)
        : throw new FileFormatException(ErrorIds.ImageChanged, path, $"{Path.GetFileName(TablePath)} lists frame {last}, but the image has {frames}.")
        {
            Advice = "Import the review again, or correct the table.",
        };
}
