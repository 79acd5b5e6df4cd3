using MedSeg.Devices;
using MedSeg.Errors;
using MedSeg.Interchange;
using MedSeg.Labels;
using MedSeg.Training.Splits;
using MedSeg.Volumes;

namespace MedSeg.Completion;

/// <summary>
/// What a host can offer while a value is being typed. Nothing here loads torch, and what cannot be read offers nothing: the
/// command that is run says why.
/// </summary>
public static class Completions
{
    // Somebody waits for the answer.
    private const int MostFiles = 20;

    /// <summary>Gives the names of devices, as training takes them.</summary>
    /// <returns>Each name with what it stands for.</returns>
    public static IReadOnlyList<(string Name, string Description)> Devices()
    {
        NvidiaDriver driver = NvidiaDriver.Read();
        return
        [
            ("Auto", "The first CUDA card that can be used, or the processor"),
            ("Cpu", CpuName.Read()),
            .. driver.Gpus.Select((card, i) => ($"Cuda:{i}", card.Name)),
        ];
    }

    /// <summary>Gives the folds that a file lists.</summary>
    /// <param name="path">The absolute path of a file of samples and their folds.</param>
    public static IReadOnlyList<int> Folds(string path) => Try<int>(() => [.. FoldFile.Folds(path)]);

    /// <summary>Gives the names of ROIs that label files of a folder state, such as the segments of DICOM segmentations.</summary>
    /// <param name="folder">The absolute path of the folder.</param>
    public static IReadOnlyList<string> LabelNames(string folder) => Try<string>(() =>
    [
        .. Newest(folder).Where(LabelVolume.IsVolume).Take(MostFiles)
            .SelectMany(path => Try<string>(() => LabelVolume.Open(path, LabelMapping.None, []).RoiNames.OrderBy(roi => roi.Key).Select(roi => roi.Value).ToArray()))
            .Distinct(StringComparer.OrdinalIgnoreCase),
    ]);

    /// <summary>Gives the names of ROIs that the models of a folder and of its folders know.</summary>
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
