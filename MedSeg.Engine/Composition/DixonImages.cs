using MedSeg.Data.Files;
using MedSeg.Dicom;
using MedSeg.Errors;
using MedSeg.Volumes;

namespace MedSeg.Composition;

/// <summary>Finds the fat image of each water image: by position, or by name if the files do not state it.</summary>
internal sealed class DixonImages
{
    private readonly DataFiles _files;
    private readonly Lazy<(string Path, SlicePlane Plane)[]> _planes;

    private DixonImages(DataFiles files)
    {
        _files = files;
        _planes = new(() => [.. files.Paths.Values.SelectMany(path => (ImageHeader.Read(path)?.Planes ?? []).Select(plane => (path, plane)))]);
    }

    /// <summary>Opens a folder.</summary>
    /// <param name="folder">The absolute path of the folder of fat images; its subfolders are searched as well.</param>
    /// <returns>The images; null if no folder is given.</returns>
    /// <exception cref="MedSegException">The folder is missing or empty.</exception>
    public static DixonImages? Open(string? folder) => folder is null ? null : new DixonImages(DataFiles.FindImages(folder, recurse: true, new HashSet<string>()));

    /// <summary>Reads the fat image of a water image.</summary>
    /// <param name="name">The name of the slice.</param>
    /// <param name="water">The water image.</param>
    /// <returns>The fat image.</returns>
    /// <exception cref="MedSegException">There is none, or it has another size (<c>FatImageMissing</c>).</exception>
    public DicomImage Read(string name, DicomImage water)
    {
        DicomImage fat = Find(name, water) ?? throw new MedSegException(ErrorKind.InvalidData, ErrorIds.FatImageMissing, $"{name}: There is no fat image at the position of the water image, and none with its name.")
        {
            Advice = "Check that -FatImagePath is the folder of the fat images of the same scan.",
        };
        return (fat.Rows, fat.Columns) == (water.Rows, water.Columns)
            ? fat
            : throw new MedSegException(ErrorKind.InvalidData, ErrorIds.FatImageMissing, $"{name}: The fat image has {fat.Rows} × {fat.Columns} pixels, but the water image has {water.Rows} × {water.Columns}.")
            {
                Advice = "Use water and fat images of the same reconstruction.",
            };
    }

    private DicomImage? Find(string name, DicomImage water)
    {
        if (SlicePlane.Of(water) is { } plane)
        {
            double tolerance = SlicePlane.ToleranceOf(plane.Plane);
            (string Path, SlicePlane Plane)[] near = [.. _planes.Value.Where(other => IsSame(plane, other.Plane, tolerance))];
            if (near.Length == 1)
            {
                return DicomImageReader.ReadFrames(near[0].Path).First(image => image.Frame == near[0].Plane.Frame);
            }
        }

        return _files.Paths.TryGetValue(name, out string? path) ? DicomImageReader.Read(path) : null;
    }

    private static bool IsSame(SlicePlane a, SlicePlane b, double tolerance) =>
        (a.FrameOfReference ?? "") == (b.FrameOfReference ?? "") && (a.Plane.Origin - b.Plane.Origin).Length <= tolerance && a.Plane.Normal.Dot(b.Plane.Normal) > 0.999;
}
