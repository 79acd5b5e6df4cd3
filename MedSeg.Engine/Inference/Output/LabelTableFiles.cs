using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Formats.LabelTables;

namespace MedSeg.Inference.Output;

/// <summary>
/// Writes the tables that name the values of NIfTI and NRRD masks, once for the output folder: <c>labels.label</c> for ITK-SNAP and
/// <c>labels.ctbl</c> for 3D Slicer.
/// </summary>
internal static class LabelTableFiles
{
    private const string Stem = "labels";

    /// <summary>Refuses a folder whose tables name other ROIs.</summary>
    /// <param name="output">The folder and the format.</param>
    /// <param name="names">The names of the ROIs.</param>
    /// <exception cref="MedSegException"><c>FileExists</c>.</exception>
    public static void RequireFree(MaskOutput output, IReadOnlyList<string> names)
    {
        foreach ((string path, byte[] content) in Of(output, names))
        {
            if (!output.Force && File.Exists(path) && !IsSame(path, content))
            {
                throw new MedSegException(ErrorKind.AlreadyExists, ErrorIds.FileExists, $"{path}: The file names other ROIs than the model, and would be replaced.", path)
                {
                    Advice = "Use another -OutputPath, so that each folder has the masks of one set of ROIs, or -Force to replace the file.",
                };
            }
        }
    }

    /// <summary>Writes the tables, unless they are there already.</summary>
    /// <param name="output">The folder and the format.</param>
    /// <param name="names">The names of the ROIs.</param>
    /// <exception cref="MedSegException"><c>WriteFailed</c>.</exception>
    public static void Write(MaskOutput output, IReadOnlyList<string> names)
    {
        foreach ((string path, byte[] content) in Of(output, names))
        {
            if (!IsSame(path, content))
            {
                AtomicFile.Write(path, stream => stream.Write(content));
            }
        }
    }

    private static (string Path, byte[] Content)[] Of(MaskOutput output, IReadOnlyList<string> names) => output.Format is MaskFormat.Nifti or MaskFormat.Nrrd
        ?
        [
            (Path.Combine(output.OutputPath, Stem + LabelTable.ItkSnapExtension), LabelTable.ToItkSnap(names)),
            (Path.Combine(output.OutputPath, Stem + LabelTable.SlicerExtension), LabelTable.ToSlicer(names)),
        ]
        : [];

    private static bool IsSame(string path, byte[] content)
    {
        try
        {
            return File.Exists(path) && new FileInfo(path).Length == content.Length && FileContent.ReadShared(path).AsSpan().SequenceEqual(content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
