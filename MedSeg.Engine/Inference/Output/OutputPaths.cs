using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Inference.Scans;

namespace MedSeg.Inference.Output;

/// <summary>Builds the paths of masks and overlays.</summary>
internal static class OutputPaths
{
    /// <summary>Returns the path of a mask, or of a series' volume.</summary>
    /// <param name="name">The name of the slice or series.</param>
    /// <param name="output">The folder and the format.</param>
    public static string Of(string name, MaskOutput output) => Combine(output.OutputPath, name, output.Format switch
    {
        MaskFormat.Npy => ".npy",
        MaskFormat.Nifti => ".nii.gz",
        MaskFormat.DicomSeg or MaskFormat.RtStruct => ".dcm",
        MaskFormat.Nrrd => ".nrrd",
        MaskFormat.SegNrrd => ".seg.nrrd",
        MaskFormat.Tiff => ".tif",
        _ => ".png",
    });

    /// <summary>Returns the path of an overlay: in a subfolder, so that the folder of the masks can be imported as label masks.</summary>
    /// <param name="name">The name of the slice.</param>
    /// <param name="output">The folder.</param>
    public static string OfOverlay(string name, MaskOutput output) => Combine(Path.Combine(output.OutputPath, "overlays"), name, ".png");

    /// <summary>Tells whether one file holds the masks of a series.</summary>
    /// <param name="series">The series.</param>
    /// <param name="format">The format.</param>
    public static bool IsOneFile(ScanSeries series, MaskFormat format) => format switch
    {
        MaskFormat.Png or MaskFormat.Npy => false,
        MaskFormat.Tiff => series.Slices[0].Frames > 1,
        _ => true,
    };

    /// <summary>Lists what a run writes.</summary>
    /// <param name="series">All that is to be segmented.</param>
    /// <param name="output">The folder and the format.</param>
    /// <returns>The paths of masks, or of volumes, then those of overlays.</returns>
    public static IEnumerable<string> Of(IReadOnlyList<ScanSeries> series, MaskOutput output)
    {
        IEnumerable<string> masks = series.SelectMany(s => IsOneFile(s, output.Format) ? [Of(s.Name, output)] : s.Slices.Select(slice => Of(slice.Name, output)));
        return output.Overlay ? masks.Concat(series.SelectMany(s => s.Slices).Select(s => OfOverlay(s.Name, output))) : masks;
    }

    /// <summary>Leaves out what has its mask already.</summary>
    /// <param name="series">All that is to be segmented.</param>
    /// <param name="output">The folder and the format.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>The series without a mask; where each slice has a file of its own, with the slices that have none.</returns>
    public static IReadOnlyList<ScanSeries> Unfinished(IReadOnlyList<ScanSeries> series, MaskOutput output, CancellationToken cancellationToken)
    {
        var unfinished = new List<ScanSeries>();
        foreach (ScanSeries one in series)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (IsOneFile(one, output.Format))
            {
                unfinished.AddRange(File.Exists(Of(one.Name, output)) ? [] : [one]);
            }
            else if (one.Slices.Where(slice => !File.Exists(Of(slice.Name, output))).ToArray() is { Length: > 0 } slices)
            {
                unfinished.Add(one with { Slices = slices });
            }
        }

        return unfinished;
    }

    /// <summary>Refuses a run that would replace a file without -Force, or an image.</summary>
    /// <param name="series">All that is to be segmented.</param>
    /// <param name="output">The folder and the format.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="MedSegException"><c>FileExists</c> or <c>OutputIsInput</c>.</exception>
    public static void RequireFree(IReadOnlyList<ScanSeries> series, MaskOutput output, CancellationToken cancellationToken = default)
    {
        var inputs = series.SelectMany(s => s.Slices).Select(s => s.Path).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (string path in Of(series, output))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (inputs.Contains(path))
            {
                throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.OutputIsInput, $"{path}: The mask would replace an image that is to be segmented.", path) { Advice = "Use another -OutputPath." };
            }

            if (!output.Force && File.Exists(path))
            {
                throw AtomicFile.AlreadyExists(path);
            }
        }
    }

    private static string Combine(string folder, string name, string extension) =>
        Path.GetFullPath(Path.Combine(folder, name.Replace('/', Path.DirectorySeparatorChar) + extension));
}
