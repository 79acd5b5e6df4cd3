using MedSeg.Devices;
using MedSeg.Errors;
using MedSeg.Interchange;
using MedSeg.Labels;
using MedSeg.Training.Splits;
using MedSeg.Volumes;

namespace MedSeg.Completion;

/// <summary>
/// Completions for values being typed. They never load torch. What cannot be read offers no completions; the command that is run
/// later reports the error.
/// </summary>
public static class Completions
{
    // The user is waiting.
    private const int MostFiles = 20;

    /// <summary>Lists the names of the devices that training accepts.</summary>
    /// <returns>Each name with a description.</returns>
    public static IReadOnlyList<(string Name, string Description)> Devices()
    {
        NvidiaDriver driver = NvidiaDriver.Read();
        return
        [
            ("Auto", "The first usable CUDA GPU, or the CPU"),
            ("Cpu", CpuName.Read()),
            .. driver.Gpus.Select((card, i) => ($"Cuda:{i}", card.Name)),
        ];
    }

    /// <summary>Lists the folds of a fold file.</summary>
    /// <param name="path">The absolute path of the fold file.</param>
    public static IReadOnlyList<int> Folds(string path) => Try<int>(() => [.. FoldFile.Folds(path)]);

    /// <summary>Lists the ROI names in the label files of a folder, such as the segments of DICOM segmentations.</summary>
    /// <param name="folder">The absolute path of the folder.</param>
    public static IReadOnlyList<string> LabelNames(string folder) => Try<string>(() =>
    [
        .. Newest(folder).Where(LabelVolume.IsVolume).Take(MostFiles)
            .SelectMany(path => Try<string>(() => LabelVolume.Open(path, LabelMapping.None, []).RoiNames.OrderBy(roi => roi.Key).Select(roi => roi.Value).ToArray()))
            .Distinct(StringComparer.OrdinalIgnoreCase),
    ]);

    /// <summary>Lists the ROI names of the models in a folder and its subfolders.</summary>
    /// <param name="folder">The absolute path of the folder.</param>
    public static IReadOnlyList<string> LabelNamesOfModels(string folder) => Try<string>(() =>
    [
        .. Directory.GetDirectories(folder).Prepend(folder).SelectMany(Newest)
            .Where(path => path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)).Take(MostFiles)
            .SelectMany(path => Try<string>(() => ModelFile.Describe(path).LabelNames))
            .Distinct(StringComparer.OrdinalIgnoreCase),
    ]);

    private static IEnumerable<string> Newest(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles().OrderByDescending(file => file.LastWriteTimeUtc).Select(file => file.FullName);

    private static IReadOnlyList<T> Try<T>(Func<IReadOnlyList<T>> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is MedSegException or IOException or UnauthorizedAccessException or System.Security.SecurityException)
        {
            return [];
        }
    }
}
