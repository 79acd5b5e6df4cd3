using MedSeg.Data.Samples;
using MedSeg.Dicom;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Inference.Backends;
using MedSeg.Inference.Scans;

namespace MedSeg.Inference;

/// <summary>A slice that was read and brought to the network's size.</summary>
/// <param name="Slice">The slice.</param>
/// <param name="Image">What its file says; the pixels are used up.</param>
/// <param name="Grey">The intensities at the image's own size, for a picture; null where none is drawn.</param>
/// <param name="Differences">In what it differs from the training images.</param>
internal sealed record PreparedSlice(SourceSlice Slice, DicomImage Image, float[]? Grey, IReadOnlyList<string> Differences)
{
    /// <summary>Reads a slice and prepares it.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="reader">Reads it.</param>
    /// <param name="model">The model it is prepared for.</param>
    /// <param name="keepGrey">Whether the image at its own size is needed later.</param>
    /// <param name="input">Receives the network's input, [S, S].</param>
    /// <returns>The prepared slice.</returns>
    /// <exception cref="MedSegException">The image cannot be read or used.</exception>
    public static PreparedSlice Read(SourceSlice slice, ScanReader reader, SegmentationModel model, bool keepGrey, Span<float> input)
    {
        DicomImage image = reader.Read(slice);
        if (!IntensityNormalizer.IsFinite(image.Pixels))
        {
            throw new FileFormatException("ImageNotFinite", slice.Path, "the image has values that are not finite (NaN or infinity). Check its rescale slope and intercept.");
        }

        if (model.Normalization == Normalization.Window && image.Window is null)
        {
            throw new FileFormatException("WindowMissing", slice.Path, "the file states no window (Window Center and Width), by which the model's images were normalised. Add it, or use a model that was trained with another -Normalization.");
        }

        var spread = IntensitySpread.Of(image.Pixels);
        float[]? grey = keepGrey ? [.. image.Pixels] : null;
        int size = model.Architecture.InputSize;
        float[] prepared = InputPreprocessing.Prepare(image, size, model.ResizeMode, model.Normalization);
        prepared.CopyTo(input);
        return new PreparedSlice(slice, image with { Pixels = [] }, grey, model.TrainingData?.Differences(image.Modality, spread, prepared, size).ToArray() ?? []);
    }
}
