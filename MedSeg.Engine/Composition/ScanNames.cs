using MedSeg.Data.Files;
using MedSeg.Data.Samples;

namespace MedSeg.Composition;

/// <summary>Tells the scans of a patient apart: slices of one image file, of one folder, or with labels in one volume are of one scan.</summary>
internal sealed class ScanNames
{
    private readonly HashSet<string> _images;
    private readonly HashSet<string> _volumes;

    /// <summary>Initializes a new instance of the <see cref="ScanNames"/> class.</summary>
    /// <param name="samples">All samples of the data set.</param>
    public ScanNames(IReadOnlyCollection<Sample> samples)
    {
        _images = [.. Shared(samples.Select(sample => sample.ImagePath))];
        _volumes = [.. Shared(samples.Select(sample => sample.LabelPath))];
    }

    /// <summary>Names the scan of a sample.</summary>
    /// <param name="sample">The sample.</param>
    /// <returns>The name of the image without its frame, the folder, or the name of the label volume; empty if nothing tells scans apart.</returns>
    public string Of(Sample sample) =>
        sample.ImagePath is { } image && _images.Contains(image) ? FrameName.ImageOf(sample.Name)
        : sample.Name.LastIndexOf('/') is > 0 and int end ? sample.Name[..end]
        : sample.LabelPath is { } volume && _volumes.Contains(volume) ? DataFiles.NameOfImage(volume)
        : string.Empty;

    private static IEnumerable<string> Shared(IEnumerable<string?> paths) => paths.OfType<string>().GroupBy(path => path).Where(group => group.Count() > 1).Select(group => group.Key);
}
