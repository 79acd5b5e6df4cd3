using MedSeg.Data.Samples;
using MedSeg.Dicom;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Formats.LabelTables;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Threading;
using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>
/// What the files of a folder of masks say about the names and colours of ROIs. Outlines and structure sets have names and no numbers, so
/// the names of all files have to be known before the first mask is made.
/// </summary>
internal static class NamesInMasks
{
    /// <summary>Names the ROIs after the outlines of all files, in alphabetical order, if the user does not name them.</summary>
    /// <param name="options">The options of the import.</param>
    /// <param name="events">Receives progress, from several threads; may be null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The options, with names if there are outlines.</returns>
    public static DatasetOptions Complete(DatasetOptions options, EngineEvents? events, CancellationToken cancellationToken)
    {
        if (options.LabelNames.Count > 0)
        {
            return options;
        }

        var names = new SortedSet<string>(StringComparer.OrdinalIgnoreCase);
        var files = new OutlineFile(options.Recurse);
        string[] masks = [.. MasksOf(options, cancellationToken).Order(StringComparer.Ordinal)];
        var namesOfMasks = new IReadOnlyList<string>[masks.Length];
        ParallelLoop.For(masks.Length, i => namesOfMasks[i] = NamesOf(masks[i], files), "Finding the names of ROIs", events, cancellationToken);

        // In order: of names that differ by case only, the first is used.
        foreach (IReadOnlyList<string> ofMask in namesOfMasks)
        {
            names.UnionWith(ofMask);
        }

        return names.Count == 0 ? options : options with { LabelNames = Number(names, options.LabelMap) };
    }

    /// <summary>Finds the table of labels in the folder of the masks.</summary>
    /// <param name="options">The options of the import.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The entries, without the background; empty if there is no table, several, or one that cannot be used.</returns>
    public static IReadOnlyList<LabelTableEntry> ReadTable(DatasetOptions options, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(options.LabelPath))
        {
            return [];
        }

        string[] tables = [.. FolderFiles.Enumerate(options.LabelPath, recurse: false, cancellationToken: cancellationToken).Where(LabelTable.Is).Where(path => !SystemFile.Is(options.LabelPath, path))];
        string[] exact = [.. tables.Where(path => path.EndsWith(LabelTable.ItkSnapExtension, StringComparison.OrdinalIgnoreCase))];
        tables = exact.Length > 0 ? exact : tables;
        try
        {
            LabelTableEntry[] entries = tables.Length != 1 ? [] : [.. (LabelTable.Decode(FileContent.Read(tables[0], LabelTable.MaximumBytes), tables[0]) ?? []).Where(entry => entry.Value > 0)];
            bool isUnique = entries.DistinctBy(entry => entry.Value).Count() == entries.Length && entries.DistinctBy(entry => entry.Name, StringComparer.OrdinalIgnoreCase).Count() == entries.Length;
            return isUnique ? entries : [];
        }
        catch (MedSegException)
        {
            return [];
        }
    }

    /// <summary>Maps the colours of a table to its values, if the user maps none.</summary>
    /// <param name="options">The options of the import.</param>
    /// <param name="table">The table.</param>
    public static DatasetOptions WithColors(DatasetOptions options, IReadOnlyList<LabelTableEntry> table)
    {
        var colors = new Dictionary<RgbColor, int>();
        foreach (LabelTableEntry entry in table.Where(entry => entry.Value <= InputLimits.MaximumRoiCount))
        {
            if (!colors.TryAdd(entry.Color, entry.Value))
            {
                return options;
            }
        }

        return options.LabelMap.Colors.Count > 0 || colors.Count == 0 ? options : options with { LabelMap = options.LabelMap with { Colors = colors } };
    }

    private static IEnumerable<string> MasksOf(DatasetOptions options, CancellationToken cancellationToken)
    {
        if (options.Pairs.Count > 0)
        {
            return options.Pairs.Select(pair => pair.LabelPath).Distinct(StringComparer.Ordinal).Where(File.Exists);
        }

        IEnumerable<string> folders = options.PatientFolders.Count > 0 ? options.PatientFolders.Select(patient => patient.LabelPath) : [options.LabelPath];
        return folders.Where(Directory.Exists).SelectMany(folder => FolderFiles.Enumerate(folder, options.Recurse, cancellationToken: cancellationToken).Where(path => !SystemFile.Is(folder, path)));
    }

    private static IReadOnlyList<string> NamesOf(string path, OutlineFile files)
    {
        try
        {
            return OutlineFile.KindOf(path) is { } kind ? files.LabelsOf(path, kind)
                : DataFiles.MaskExtensionOf(path) is null && DicomLabels.ClassOf(path) == RtStructVolume.StructureSetClass ? RtStructVolume.NamesOf(DicomImageReader.Parse(path))
                : [];
        }
        catch (MedSegException)
        {
            // The error is reported when the mask is read.
            return [];
        }
    }

    // A name that the user maps to a number has that number; the others take the free ones.
    private static string[] Number(SortedSet<string> names, LabelMapping map)
    {
        var numbers = new SortedDictionary<int, string>();
        foreach ((string name, int roi) in map.Segments.Where(segment => segment.Value > 0).OrderBy(segment => segment.Key, StringComparer.Ordinal))
        {
            numbers.TryAdd(roi, name);
        }

        int next = 1;
        foreach (string name in names.Where(name => !map.Segments.ContainsKey(name)))
        {
            while (numbers.ContainsKey(next))
            {
                next++;
            }

            numbers.Add(next, name);
        }

        return [.. Enumerable.Range(1, numbers.Keys.DefaultIfEmpty(1).Max()).Select(roi => numbers.GetValueOrDefault(roi, $"ROI {roi}"))];
    }
}
