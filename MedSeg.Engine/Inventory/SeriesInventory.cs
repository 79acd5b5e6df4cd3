using System.Collections.Concurrent;
using MedSeg.Data.Files;
using MedSeg.Dicom;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Threading;
using MedSeg.Volumes;

namespace MedSeg.Inventory;

/// <summary>
/// Takes an inventory of scans in any folder layout: it reads the headers of all files, several at once, and groups them into series. Pixels are
/// not read. Memory grows by a few hundred bytes for each file.
/// </summary>
public static class SeriesInventory
{
    // Headers are small, so the time goes into waiting for disks and networks rather than into computing.
    private const int ReadersPerCore = 4;

    /// <summary>Finds series.</summary>
    /// <param name="paths">Absolute paths of folders, of image files and of DICOMDIR files.</param>
    /// <param name="options">How the inventory is taken; null for the defaults.</param>
    /// <param name="events">Receives progress after each file, decisions, and errors of paths that cannot be read; from several threads; may be null.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>The series, in the order of their files. Those of damaged files state the problem.</returns>
    /// <exception cref="OperationCanceledException">The search was stopped.</exception>
    public static IReadOnlyList<SeriesInfo> Find(IEnumerable<string> paths, InventoryOptions? options = null, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        options ??= new InventoryOptions();
        string[] given = [.. paths];
        string root = SharedFolder.Of(given.Select(path => Directory.Exists(path) ? path : Path.GetDirectoryName(path)!));
        string[] files = [.. given.SelectMany(path => FilesOf(path, options.Recurse, events, cancellationToken)).Distinct(StringComparer.Ordinal)];
        var scanned = new ScannedFile?[files.Length];
        var headers = new ConcurrentDictionary<SeriesHeader, SeriesHeader>();
        int done = 0;
        var parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = ReadersPerCore * Environment.ProcessorCount };
        Parallel.For(0, files.Length, parallel, i =>
        {
            scanned[i] = Scan(files[i], root) is { } file ? file with { Header = headers.GetOrAdd(file.Header, file.Header) } : null;
            events?.Progress?.Invoke(new WorkProgress(Interlocked.Increment(ref done), files.Length));
        });

        int skipped = scanned.Count(file => file is null);
        if (skipped > 0)
        {
            events?.Decision?.Invoke($"{root}: {(skipped == 1 ? "1 file is" : $"{skipped} files are")} skipped, because {(skipped == 1 ? "it is" : "they are")} neither DICOM images nor volumes.");
        }

        return [.. new SeriesBuilder(root, options.HashPatient).Build(scanned.OfType<ScannedFile>())];
    }

    /// <summary>Describes the images of series for an import: their names are relative to the folder that was searched.</summary>
    /// <param name="series">The series, at least one.</param>
    /// <param name="labelPath">The absolute path of the folder of the masks.</param>
    /// <exception cref="MedSegException"><c>PathNotFound</c>: the series are on several drives.</exception>
    public static DatasetFolder ToFolder(IReadOnlyList<SeriesInfo> series, string labelPath)
    {
        ArgumentNullException.ThrowIfNull(series);
        string root = SharedFolder.Of(series.Select(info => info.Root));
        return root.Length > 0
            ? new DatasetFolder(root, labelPath) { ImagePaths = series.SelectMany(info => info.Files).ToArray() }
            : throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.PathNotFound, "The series are on several drives, but the names of images must be relative to one folder.") { Advice = "Import those of each drive, and put the data sets together with Join-MedSegDataset." };
    }

    private static IEnumerable<string> FilesOf(string path, bool recurse, EngineEvents? events, CancellationToken cancellationToken)
    {
        try
        {
            return File.Exists(path)
                ? DicomDirectory.Is(path) ? Listed(path, events) : [path]
                : Directory.Exists(path)
                    ? FilesIn(path, recurse, events, cancellationToken)
                    : throw new MedSegException(ErrorKind.NotFound, ErrorIds.PathNotFound, $"{path}: The file or folder does not exist.", path) { Advice = MissingPath.Advise(path) };
        }
        catch (MedSegException e)
        {
            events?.Error?.Invoke(e);
            return [];
        }
    }

    // Without -Recurse, the directory of a CD leads to the files in its subfolders.
    private static string[] FilesIn(string folder, bool recurse, EngineEvents? events, CancellationToken cancellationToken)
    {
        var options = new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = true };
        string[] files = [.. FolderFiles.Enumerate(folder, recurse, options, isToRead: true, cancellationToken).Where(path => !SystemFile.Is(folder, path)).Order(StringComparer.Ordinal)];
        return !recurse && Array.Find(files, DicomDirectory.Is) is { } directory ? [.. files, .. Listed(directory, events)] : files;
    }

    private static IReadOnlyList<string> Listed(string directory, EngineEvents? events)
    {
        var missing = new List<string>();
        IReadOnlyList<string> files = DicomDirectory.Read(directory, missing);
        if (missing.Count > 0)
        {
            events?.Warning?.Invoke($"{directory}: {(missing.Count == 1 ? "1 file does" : $"{missing.Count} files do")} not exist, for example {missing[0]}.");
        }

        return files;
    }

    private static ScannedFile? Scan(string path, string root)
    {
        try
        {
            if (DicomHeader.TryRead(path, out long length) is { } file)
            {
                return DicomScan.Describe(path, file, length);
            }

            return VolumeFile.Is(path) && !VolumeFile.IsSegmentation(path) ? VolumeScan.Describe(path, DataFiles.NameIn(root, path)) : null;
        }
        catch (MedSegException e)
        {
            return new ScannedFile(path, new SeriesHeader(), 0, [], null) { Problem = DicomScan.PhraseOf(e, path) };
        }
    }
}
