using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Inference.Backends;
using MedSeg.Volumes;

namespace MedSeg.Inference;

/// <summary>An image that was normalised and resized to the network's input.</summary>
/// <param name="Name">The name, for results.</param>
/// <param name="Spacing">The distance between pixels; null where it is unknown.</param>
/// <param name="Geometry">How the image was resized.</param>
/// <param name="Intensities">The intensities at the image's own size, for an overlay; null where none is drawn.</param>
/// <param name="Differences">How the image differs from the training images.</param>
internal sealed record PreparedImage(string Name, PixelSpacing? Spacing, ResizeGeometry Geometry, float[]? Intensities, IReadOnlyList<string> Differences)
{
    /// <summary>Gets the number of rows of the image itself.</summary>
    public int Rows => Geometry.SourceRows;

    /// <summary>Gets the number of columns of the image itself.</summary>
    public int Columns => Geometry.SourceColumns;

    /// <summary>Gets where the pixels are in the patient; null where it is unknown.</summary>
    public ImagePlane? Plane { get; init; }

    /// <summary>Gets a value indicating whether the spacing is that at the detector, not in the patient.</summary>
    public bool HasDetectorSpacing { get; init; }

    /// <summary>Checks and prepares an image.</summary>
    /// <param name="image">The image; its pixels are overwritten.</param>
    /// <param name="name">The name, for results.</param>
    /// <param name="path">The file, or the image's name where there is no file, for messages.</param>
    /// <param name="model">The model.</param>
    /// <param name="keepIntensities">Whether the intensities are needed for an overlay.</param>
    /// <param name="input">Receives the network's input, [C, S, S].</param>
    /// <returns>The prepared image.</returns>
    /// <exception cref="FileFormatException"><c>ImageNotFinite</c>, <c>WindowMissing</c>, <c>PixelSpacingMissing</c> or <c>PixelSizeTooSmall</c>.</exception>
    public static PreparedImage Of(ImageSlice image, string name, string path, SegmentationModel model, bool keepIntensities, Span<float> input)
    {
        if (InputProblem.Find(image, model.Description.Preprocessing, out ResizeGeometry geometry) is { } problem)
        {
            throw new FileFormatException(problem.ErrorId, path, problem.Finding) { Advice = problem.Advice };
        }

        var spread = IntensitySpread.Of(image.Pixels);
        float[]? intensities = keepIntensities ? [.. image.Pixels] : null;
        float[] prepared = InputPreprocessing.Prepare(image, geometry, model.Normalization);
        prepared.CopyTo(input);
        prepared = prepared.Length == geometry.Size * geometry.Size ? prepared : prepared[..(geometry.Size * geometry.Size)];
        string[] differences = model.TrainingData?.Differences(image.Modality, spread, prepared, geometry.Size).ToArray() ?? [];
        return new PreparedImage(name, image.Spacing, geometry, intensities, differences)
        {
            Plane = image.Plane,
            HasDetectorSpacing = image.SpacingNote is { IsAtDetector: true },
        };
    }
}
