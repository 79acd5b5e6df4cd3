using System.Globalization;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Imaging;

namespace MedSeg.Data.Files;

/// <summary>A table of images and masks, with the patient, the group and the fold of each if it has these columns.</summary>
public static class PairTable
{
    private const int NoFold = 0;

    private static readonly string[] s_image = ["image", "images", "imagepath", "dicom", "dicompath", "scan", "volume"];
    private static readonly string[] s_mask = ["mask", "masks", "maskpath", "label", "labels", "labelpath", "seg", "segmentation"];
    private static readonly string[] s_patient = ["patient", "patientid", "subject", "subjectid", "participant", "participantid", "case"];
    private static readonly string[] s_group = ["group", "site", "center", "centre", "cohort"];
    private static readonly string[] s_fold = ["fold"];

    /// <summary>Reads a table.</summary>
    /// <param name="path">The absolute path. Paths in the table are absolute, or relative to its folder.</param>
    /// <param name="channels">The channels, whose sources are the names of columns with paths of images; null or empty for the column of images, which may have all channels in one file.</param>
    /// <returns>The pairs, in the order of the table. Files that do not exist are reported by the import.</returns>
    /// <exception cref="MedSegException">The table cannot be read, has no column of images or of masks, or names an image twice (<c>TableInvalid</c>).</exception>
    public static IReadOnlyList<ImagePair> Read(string path, IReadOnlyList<ImageChannel>? channels = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var table = CsvTable.Read(path);
        int[] images = channels is { Count: > 0 } && !ChannelSource.AreInOneFile(channels) ? [.. channels.Select(channel => Require(table, [CsvTable.Fold(channel.Source)], channel.Source))] : [Require(table, s_image, "image")];
        int mask = Require(table, s_mask, "mask");
        int patient = table.Find(s_patient);
        int group = table.Find(s_group);
        (CsvRow Row, string Image, string Mask, string[] Channels)[] rows = [.. table.Rows.Select(row =>
        {
            string[] paths = [.. images.Select(column => PathIn(table, row, column, "image"))];
            return (row, paths[0], PathIn(table, row, mask, "mask"), paths);
        })];
        if (rows.Length == 0)
        {
            throw table.Error(1, "the table has no rows", "Add a line for each image.");
        }

        string root = SharedFolder.Of(rows.Select(row => Path.GetDirectoryName(row.Image)!));
        RequireUnique(table, rows.Select(row => (row.Row.Line, NameOf(root, row.Image))));
        return Array.ConvertAll(rows, row => new ImagePair(NameOf(root, row.Image), row.Image, row.Mask)
        {
            ChannelPaths = row.Channels.Length > 1 ? row.Channels : [],
            Patient = row.Row[patient],
            Group = row.Row[group],
            Origin = string.Create(CultureInfo.InvariantCulture, $"{path}, line {row.Row.Line}"),
        });
    }

    /// <summary>Reads the folds of images.</summary>
    /// <param name="path">The absolute path of a table.</param>
    /// <returns>The fold of each image by its absolute path, from 1; <see langword="null"/> if the file has no columns of images or masks and folds.</returns>
    /// <exception cref="FileFormatException"><c>FoldFileInvalid</c>: a fold is missing or not a number from 1.</exception>
    internal static IReadOnlyDictionary<string, int>? ReadFolds(string path)
    {
        var table = CsvTable.Read(path, isHeaderOnly: true);
        int image = table.Find(s_image);
        int mask = table.Find(s_mask);
        int fold = table.Find(s_fold);
        if (fold < 0 || (image < 0 && mask < 0))
        {
            return null;
        }

        // A column for each channel may have any name.
        int[] others = [mask, fold, table.Find(s_patient), table.Find(s_group)];
        int[] images = image >= 0 ? [image] : [.. Enumerable.Range(0, table.Columns.Count).Except(others)];
        table = CsvTable.Read(path);
        var folds = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (CsvRow row in table.Rows)
        {
            int number = int.TryParse(row[fold], NumberStyles.None, CultureInfo.InvariantCulture, out int stated) && stated >= 1
                ? stated
                : throw new FileFormatException(ErrorIds.FoldFileInvalid, path, $"Line {row.Line}: The fold is '{row[fold]}', but should be a number from 1.") { Advice = "Correct the fold in this line." };
            foreach (string file in images.Where(column => image >= 0 || row[column] is not null).Select(column => PathIn(table, row, column, "image")))
            {
                // What is the same in lines of two folds is not the path of an image.
                folds[file] = image < 0 && folds.TryGetValue(file, out int known) && known != number ? NoFold : number;
            }
        }

        return folds.Where(entry => entry.Value != NoFold).ToDictionary(StringComparer.Ordinal);
    }

    private static int Require(CsvTable table, string[] names, string column) => table.Find(names) is >= 0 and int found
        ? found
        : throw table.Error(1, $"there is no column '{column}', only {string.Join(", ", table.Columns.Select(name => $"'{name}'"))}", "Name the columns in the first line: image, mask and, if you like, patient, group and fold.");

    private static string PathIn(CsvTable table, CsvRow row, int column, string what)
    {
        string cell = row[column] ?? throw table.Error(row.Line, $"the {what} is missing", $"Write the path of the {what} into the line, or remove the line.");
        string local = OperatingSystem.IsWindows() ? cell : cell.Replace('\\', '/');
        try
        {
            return Path.TrimEndingDirectorySeparator(Path.GetFullPath(local, Path.GetDirectoryName(table.Path)!));
        }
        catch (ArgumentException)
        {
            throw table.Error(row.Line, $"'{cell}' is not a path", "Correct the path.");
        }
    }

    private static string NameOf(string root, string image) =>
        root.Length > 0 && !Directory.Exists(image) ? DataFiles.NameIn(root, image) : Path.GetRelativePath(root.Length > 0 ? root : Path.GetPathRoot(image)!, image).Replace('\\', '/');

    private static void RequireUnique(CsvTable table, IEnumerable<(int Line, string Name)> rows)
    {
        var lines = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach ((int line, string name) in rows)
        {
            if (!lines.TryAdd(name, line))
            {
                throw table.Error(line, $"the image {name} is in line {lines[name]} as well", "Keep one line for each image. To import the masks of several raters, write a table for each.");
            }
        }
    }
}
