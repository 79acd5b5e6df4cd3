using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Threading;

namespace MedSeg.Comparison;

/// <summary>Reads masks without their images: files with the same name in the folders of the raters belong together, also planes of volumes.</summary>
internal static class MaskFolders
{
    /// <summary>Reads the masks of all raters.</summary>
    /// <param name="options">Which, and how.</param>
    /// <param name="events">Receives progress; may be null.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="MedSegException">A folder is missing or empty.</exception>
    public static RatedSet Read(MaskComparisonOptions options, EngineEvents? events, CancellationToken cancellationToken)
    {
        InputLimits.RequireLabelNames(options.LabelNames);
        string[] raters = options.Raters();
        SortedDictionary<string, string?[]> files = Match(options, events, cancellationToken);
        KeyValuePair<string, string?[]>[] names = [.. files];
        var read = new (MaskFile?[] Files, List<LabelProblem> Problems)[names.Length];
        ParallelLoop.For(names.Length, i => read[i] = Read(names[i].Key, names[i].Value, raters, options), "Reading masks", events, cancellationToken);

        int count = options.LabelNames.Count > 0 ? options.LabelNames.Count : Math.Max(1, read.SelectMany(r => r.Files).Max(file => file?.HighestRoi ?? 0));
        IReadOnlyList<string> roiNames = options.LabelNames.Count > 0 ? options.LabelNames : options.LabelMap.RoiNames(count, new Dictionary<int, string>());
        cancellationToken.ThrowIfCancellationRequested();
        IEnumerable<RatedSlice> slices = read.SelectMany((r, i) => SlicesOf(names[i].Key, r.Files, options));
        return new RatedSet(raters, roiNames, [.. slices], [.. read.SelectMany(r => r.Problems)]);
    }

    private static SortedDictionary<string, string?[]> Match(MaskComparisonOptions options, EngineEvents? events, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, string>[] found = [.. options.Paths.Select((path, rater) => Find(path, options, rater, events, cancellationToken))];
        var files = new SortedDictionary<string, string?[]>(StringComparer.Ordinal);
        for (int rater = 0; rater < found.Length; rater++)
        {
            IReadOnlyDictionary<string, string> ofRater = rater == 0 ? found[0] : new NamePairing(found[0], found[rater], cancellationToken).Masks;
            foreach ((string name, string path) in ofRater)
            {
                if (!files.TryGetValue(name, out string?[]? paths))
                {
                    files.Add(name, paths = new string?[found.Length]);
                }

                paths[rater] = path;
            }
        }

        return files;
    }

    // Single files are compared with any names.
    private static IReadOnlyDictionary<string, string> Find(string path, MaskComparisonOptions options, int rater, EngineEvents? events, CancellationToken cancellationToken)
    {
        if (File.Exists(path))
        {
            string first = options.Paths.First(File.Exists);
            string extension = DataFiles.MaskExtensionOf(first) ?? Path.GetExtension(first);
            return new Dictionary<string, string> { [Path.GetFileName(first)[..^extension.Length]] = path };
        }

        return Directory.Exists(path)
            ? DataFiles.FindMasks(path, options.Recurse, options.SuffixOf(rater, cancellationToken), events, cancellationToken).Paths
            : throw new MedSegException(ErrorKind.NotFound, ErrorIds.PathNotFound, $"{path}: There is no such folder or file of masks.", path) { Advice = MissingPath.Advise(path) };
    }

    private static (MaskFile?[] Files, List<LabelProblem> Problems) Read(string name, string?[] paths, string[] raters, MaskComparisonOptions options)
    {
        var files = new MaskFile?[paths.Length];
        var problems = new List<LabelProblem>();
        for (int rater = 0; rater < paths.Length; rater++)
        {
            if (paths[rater] is not { } path)
            {
                problems.Add(new LabelProblem(ErrorIds.MaskMissing, LabelSeverity.Error, $"{options.Paths[rater]}: {raters[rater]} has no mask named {name}; {raters[Array.FindIndex(paths, p => p is not null)]} has one.", 0)
                {
                    Advice = "Add the mask, or use -MaskSuffix if the names of the raters' masks differ by an addition.",
                });
                continue;
            }

            try
            {
                files[rater] = MaskFile.Read(path, options);
                problems.AddRange(files[rater]!.Problems);
            }
            catch (MedSegException e)
            {
                problems.Add(LabelProblem.Of(e));
            }
        }

        RemoveOtherSizes(files, problems);
        return (files, problems);
    }

    private static void RemoveOtherSizes(MaskFile?[] files, List<LabelProblem> problems)
    {
        MaskFile? first = Array.Find(files, file => file is not null);
        for (int rater = 0; rater < files.Length; rater++)
        {
            if (files[rater] is not { } file || DifferenceOf(first!, file) is not { } difference)
            {
                continue;
            }

            problems.Add(new LabelProblem(ErrorIds.MaskSizesDiffer, LabelSeverity.Error, $"{file.Path}: {difference}", 0)
            {
                Advice = "Compare masks that were drawn on the same image. If they are volumes, give the folder of the images with -ImagePath.",
            });
            files[rater] = null;
        }
    }

    private static string? DifferenceOf(MaskFile first, MaskFile other)
    {
        if ((first.Rows, first.Columns, first.Planes.Count) != (other.Rows, other.Columns, other.Planes.Count))
        {
            return $"The mask has {SizeOf(other)}, but {first.Path} has {SizeOf(first)}.";
        }

        return first.Grid is { } grid && other.Grid is { } otherGrid && !grid.IsSameAs(otherGrid)
            ? $"The voxels of the volume are not at the places of those of {first.Path}."
            : null;
    }

    private static string SizeOf(MaskFile file) => $"{file.Rows} × {file.Columns} pixels{(file.Planes.Count > 1 ? $" in {file.Planes.Count} planes" : "")}";

    private static IEnumerable<RatedSlice> SlicesOf(string name, MaskFile?[] files, MaskComparisonOptions options)
    {
        if (Array.Find(files, file => file is not null) is not { } first)
        {
            yield break;
        }

        int slash = name.LastIndexOf('/');
        string? scan = first.Planes.Count > 1 ? name : slash > 0 ? name[..slash] : null;
        PixelSpacing? spacing = options.Spacing ?? files.Select(file => file?.Spacing).FirstOrDefault(s => s is not null);
        for (int plane = 0; plane < first.Planes.Count; plane++)
        {
            int index = plane;
            string slice = FrameName.Of(name, plane + 1, first.Planes.Count);
            yield return new RatedSlice(slice, scan ?? slice, first.Rows, first.Columns, spacing, [.. files.Select(file => file?.Planes[index])]);
        }
    }
}
