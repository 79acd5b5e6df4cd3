using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Imaging;

namespace MedSeg.Data;

/// <summary>Joins data sets, for example of several hospitals.</summary>
public static class DatasetJoin
{
    /// <summary>Joins data sets that have the same ROIs and the same preprocessing.</summary>
    /// <param name="datasets">The data sets, at least one.</param>
    /// <param name="groups">What the samples of each belong to, such as its hospital; empty for the names of their folders. Samples that have a group already keep it.</param>
    /// <returns>The data set of all samples. If names of samples occur twice, all begin with their group.</returns>
    /// <exception cref="MedSegException">The data sets differ in their ROIs, the preprocessing, ignored values or how volumes are cut (<c>JoinMismatch</c>), or there are as many groups as data sets but two are equal.</exception>
    public static Dataset Join(IReadOnlyList<Dataset> datasets, IReadOnlyList<string>? groups = null)
    {
        ArgumentNullException.ThrowIfNull(datasets);
        ArgumentOutOfRangeException.ThrowIfZero(datasets.Count);
        string[] names = groups is { Count: > 0 } ? [.. groups] : GroupsOf(datasets);
        if (names.Length != datasets.Count || names.Distinct(StringComparer.OrdinalIgnoreCase).Count() < names.Length)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.JoinMismatch, $"There are {names.Length} groups ({string.Join(", ", names)}) for {datasets.Count} data sets, which need one each.") { Advice = "Give -Group a different name for each data set." };
        }

        foreach (Dataset other in datasets.Skip(1))
        {
            RequireSame(other, datasets[0]);
        }

        Sample[] samples = [.. datasets.SelectMany((dataset, i) => dataset.Samples.Select(sample => sample with { Group = sample.Group ?? names[i] }))];
        string[] prefixes = [.. datasets.SelectMany((dataset, i) => dataset.Samples.Select(_ => names[i]))];
        bool isUnique = samples.Select(sample => sample.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count() == samples.Length;
        return datasets[0] with
        {
            DicomPath = FolderOf(datasets.Select(dataset => dataset.DicomPath)),
            LabelPath = FolderOf(datasets.Select(dataset => dataset.LabelPath)),
            Reading = ReadingOf(datasets),
            PassedOver = datasets.SelectMany(dataset => dataset.PassedOver).ToArray(),
            Cache = null,
            Samples = isUnique ? samples : Array.ConvertAll(Enumerable.Range(0, samples.Length).ToArray(), i => samples[i] with { Name = $"{prefixes[i]}/{samples[i].Name}" }),
        };
    }

    private static void RequireSame(Dataset dataset, Dataset first)
    {
        dataset.Description.RequireSame(first.Description, $"the data set {dataset.DicomPath}", $"the data set {first.DicomPath}", ErrorIds.JoinMismatch, dataset.LabelPath);
        string? difference = dataset.IgnoreLabel != first.IgnoreLabel
            ? $"-IgnoreLabel is {Text(dataset.IgnoreLabel)} and {Text(first.IgnoreLabel)}"
            : dataset.LabelResampling != first.LabelResampling
                ? $"-LabelResampling is {dataset.LabelResampling} and {first.LabelResampling}"
                : dataset.Reading.Axis != first.Reading.Axis ? $"-SliceAxis is {dataset.Reading.Axis} and {first.Reading.Axis}" : null;
        if (difference is not null)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.JoinMismatch, $"{dataset.DicomPath}: The data set does not match {first.DicomPath}: {difference}.", dataset.DicomPath) { Advice = "Import both with the same options." };
        }
    }

    private static string Text(int? value) => value?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "not set";

    // Sets are usually site/images and site/labels, so the folder above says more than that of the images.
    private static string[] GroupsOf(IReadOnlyList<Dataset> datasets)
    {
        string[] names = [.. datasets.Select(dataset => Path.GetFileName(SharedFolder.Of([dataset.DicomPath, dataset.LabelPath])))];
        bool isUnique = Array.TrueForAll(names, name => name.Length > 0) && names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == names.Length;
        return isUnique ? names : [.. Enumerable.Range(1, datasets.Count).Select(i => $"set{i}")];
    }

    private static string FolderOf(IEnumerable<string> paths)
    {
        string[] all = [.. paths.Distinct(StringComparer.Ordinal)];
        string shared = SharedFolder.Of(all.Where(Path.IsPathRooted));
        return all.Length == 1 || shared.Length == 0 ? all[0] : shared;
    }

    // Pictures of two sites may have different sizes of pixels; which of them an image has is then not known when it is read again.
    private static ImageReading ReadingOf(IReadOnlyList<Dataset> datasets) =>
        datasets.All(dataset => dataset.Reading == datasets[0].Reading) ? datasets[0].Reading : new ImageReading(datasets[0].Reading.Axis, null);
}
