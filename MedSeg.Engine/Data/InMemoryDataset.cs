using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Options;
using MedSeg.Volumes;

namespace MedSeg.Data;

/// <summary>Makes data sets of images and masks in memory; <see cref="DatasetImporter"/> reads them from files.</summary>
public static class InMemoryDataset
{
    // Where a data set of files has its folders.
    private const string Place = "(in memory)";

    /// <summary>Normalises and resizes slices; each becomes a sample, whose paths are the slice's name.</summary>
    /// <param name="slices">The slices. The images may differ in size.</param>
    /// <param name="options">The ROIs, and how the slices are prepared.</param>
    /// <param name="cancellationToken">Stops before the next slice.</param>
    /// <returns>The data set, in the order of the slices.</returns>
    /// <exception cref="MedSegException">
    /// The input size or the number of ROIs is not possible, a name occurs twice (<c>NameTwice</c>), a mask has another size than its image
    /// (<c>LabelSizeMismatch</c>) or values above K (<c>LabelAboveRange</c>), or an image cannot be used (<c>ImageNotFinite</c>,
    /// <c>WindowMissing</c>, <c>PixelSpacingMissing</c>, <c>PixelSizeTooSmall</c>).
    /// </exception>
    /// <exception cref="ArgumentException">The number of pixels of an image is not rows × columns.</exception>
    public static Dataset Create(IEnumerable<LabeledSlice> slices, InMemoryDatasetOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(slices);
        ArgumentNullException.ThrowIfNull(options);
        InputLimits.RequireInputSize(options.InputSize);
        OptionRanges.Require(options.Preprocessing);
        InputLimits.RequireRoiCount(options.LabelNames.Count);
        InputLimits.RequireLabelNames(options.LabelNames);
        InputLimits.RequireChannels(options.Channels, inFiles: false);
        InputLimits.RequireIgnoreLabel(options.IgnoreLabel, options.LabelNames, LabelMapping.None);
        var samples = new List<Sample>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (LabeledSlice slice in slices)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!names.Add(slice.Image.Name))
            {
                throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.NameTwice, $"{slice.Image.Name}: Two slices have this name.") { Advice = "Give each slice a name of its own." };
            }

            samples.Add(ToSample(slice, options));
        }

        return new Dataset
        {
            DicomPath = Place,
            LabelPath = Place,
            IgnoreLabel = options.IgnoreLabel,
            Preprocessing = options.Preprocessing,
            LabelNames = [.. options.LabelNames],
            Samples = samples.ToArray(),
        };
    }

    private static Sample ToSample(LabeledSlice slice, InMemoryDatasetOptions options)
    {
        ImageSlice image = slice.Image.Copy();
        string name = slice.Image.Name;
        if (InputProblem.Find(image, options.Preprocessing, out ResizeGeometry geometry) is { } problem)
        {
            throw new MedSegException(ErrorKind.InvalidData, problem.ErrorId, $"{name}: {problem.Finding}") { Advice = problem.Advice };
        }

        LabelCheckResult check = Check(slice, options);
        byte[] roi = check.Roi!;
        var spread = IntensitySpread.Of(image.Pixels);
        float[] input = InputPreprocessing.Prepare(image, geometry, options.Normalization);
        byte[] labels = LabelResizer.Resize(roi, geometry, options.LabelResampling);
        return new Sample
        {
            Name = name,
            ImagePath = name,
            LabelPath = name,
            Patient = PatientSalt.Session.ForSession(PatientSalt.Session.Hide(slice.Patient)),
            Rows = image.Rows,
            Columns = image.Columns,
            Spacing = image.Spacing,
            Modality = image.Modality,
            Spread = spread,
            Values = check.Values,
            Problems = [.. check.Problems.Select(p => p with { Message = $"{name}: {p.Message}" })],
            Pixels = new InMemorySlice(input, labels, PackedMask.Of(roi)),
            RoiPixels = SliceDecoder.CountRois(roi, options.LabelNames.Count),
            IgnoredPixels = IgnoredPixels.Count(roi),
            RoiParts = ConnectedComponents.Count(IgnoredPixels.AsBackground(roi), image.Columns, options.LabelNames.Count),
        };
    }

    private static LabelCheckResult Check(LabeledSlice slice, InMemoryDatasetOptions options)
    {
        SliceImage image = slice.Image;
        if (slice.Mask.Length != image.Pixels.Length)
        {
            throw new MedSegException(ErrorKind.InvalidData, ErrorIds.LabelSizeMismatch, $"{image.Name}: The mask has {slice.Mask.Length} pixels, but the image has {image.Rows} × {image.Columns}.");
        }

        var mask = new LabelImage(image.Rows, image.Columns, Array.ConvertAll(slice.Mask, v => (float)v), IsLossy: false);
        LabelCheckResult check = LabelSnap.Check(mask, options.LabelNames.Count, ignoreLabel: options.IgnoreLabel);
        LabelProblem? error = check.Problems.FirstOrDefault(p => p.Severity == LabelSeverity.Error);
        return error is null ? check : throw new MedSegException(ErrorKind.InvalidData, error.Code, $"{image.Name}: {error.Message}") { Advice = error.Advice };
    }
}
