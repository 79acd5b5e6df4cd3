using MedSeg.Errors;
using MedSeg.Inference.Scans;

namespace MedSeg.Inference.Output;

/// <summary>Says where masks and pictures are written.</summary>
internal static class OutputPaths
{
    /// <summary>Gives the path of a mask, or of a series' volume.</summary>
    /// <param name="name">The name of the slice or series.</param>
    /// <param name="options">The folder and the format.</param>
    public static string Of(string name, SegmentationOptions options) => Combine(options.OutputPath, name, options.Format switch
    {
        MaskFormat.Npy => ".npy",
        MaskFormat.Nifti => ".nii.gz",
        MaskFormat.DicomSeg => ".dcm",
        _ => ".png",
    });

    /// <summary>Gives the path of a picture: in a folder of its own, so that the folder of the masks holds nothing else.</summary>
    /// <param name="name">The name of the slice.</param>
    /// <param name="options">The folder.</param>
    public static string OfOverlay(string name, SegmentationOptions options) => Combine(Path.Combine(options.OutputPath, "overlays"), name, ".png");

    /// <summary>Refuses to start where a file would be replaced without being told to, or replaces an image.</summary>
    /// <param name="series">All that is to be segmented.</param>
    /// <param name="options">The folder and the format.</param>
    /// <exception cref="MedSegException"><c>FileExists</c> or <c>OutputIsInput</c>.</exception>
    public static void RequireFree(IReadOnlyList<ScanSeries> series, SegmentationOptions options)
    {
        bool isVolume = options.Format is MaskFormat.Nifti or MaskFormat.DicomSeg;
        var inputs = series.SelectMany(s => s.Slices).Select(s => s.Path).ToHashSet(StringComparer.OrdinalIgnoreCase);
        IEnumerable<string> outputs = isVolume ? series.Select(s => Of(s.Name, options)) : series.SelectMany(s => s.Slices).Select(s => Of(s.Name, options));
        if (options.Overlay)
        {
            outputs = outputs.Concat(series.SelectMany(s => s.Slices).Select(s => OfOverlay(s.Name, options)));
        }

        foreach (string path in outputs)
        {
            if (inputs.Contains(path))
            {
                throw new MedSegException(ErrorKind.InvalidArgument, "OutputIsInput", $"{path}: the result would replace an image that is to be segmented. Give another -OutputPath.", path);
            }

            if (!options.Force && File.Exists(path))
            {
                throw new MedSegException(ErrorKind.AlreadyExists, "FileExists", $"{path}: the file exists. Use -Force to replace it, or another -OutputPath.", path);
            }
        }
    }

    private static string Combine(string folder, string name, string ending) =>
        Path.GetFullPath(Path.Combine(folder, name.Replace('/', Path.DirectorySeparatorChar) + ending));
}
