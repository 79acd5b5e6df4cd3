using MedSeg.Data.Files;
using MedSeg.Inventory;

namespace MedSeg.Inference.Scans;

/// <summary>A file to segment, or a folder of files.</summary>
/// <param name="Path">The absolute path.</param>
internal sealed record ScanInput(string Path)
{
    /// <summary>Gets the name of the image; <see langword="null"/> for that of its file.</summary>
    public string? Name { get; init; }

    /// <summary>Gets the series that an inventory put the file into; <see langword="null"/> to find it by its header.</summary>
    public string? Series { get; init; }

    /// <summary>Lists the files of series of an inventory. Their names are relative to the folder that was searched, as if that folder was segmented.</summary>
    /// <param name="series">The series.</param>
    public static IEnumerable<ScanInput> Of(IEnumerable<SeriesInfo> series) => series.SelectMany((info, i) => info.Files.Select(path => new ScanInput(path)
    {
        Name = info.Root.Length == 0 ? null : DataFiles.NameIn(info.Root, path),
        Series = $"series {i}",
    }));
}
