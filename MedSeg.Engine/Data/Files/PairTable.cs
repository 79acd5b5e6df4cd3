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

    private const string ColumnAdvice =
        "With -PairsPath, -Channel takes the column with the images of each channel, such as 'water=water_image', or chooses channels within the images of the column 'image', "
        + "such as 'b800=DiffusionBValue=800', 'T1=Volume=1' or 'red=Color=Red'. Suffixes and folders are for -Path and -DicomPath.";

    private static readonly string[] s_image = ["image", "images", "imagepath", "dicom", "dicompath", "scan", "volume"];
    private static readonly string[] s_mask = ["mask", "masks", "maskpath", "label", "labels", "labelpath", "seg", "segmentation"];
    private static readonly string[] s_patient = ["patient", "patientid", "subject", "subjectid", "participant", "participantid", "case"];
    private static readonly string[] s_group = ["group", "site", "center", "centre", "cohort"];
    private static readonly string[] s_fold = ["fold"];

    /// <summary>Reads a table.</summary>
    /// <param name="path">The absolute path. Paths in the table are absolute, or relative to its folder.</param>
    /// <param name="channels">
    /// The channels, whose sources are the names of columns with paths of images, or choose within the images of one column: DICOM attributes, volumes or
    /// colours. Null or empty for images with one channel.
    /// </param>
    /// <returns>The pairs, in the order of the table. Files that do not exist are reported by the import.</returns>
    /// <exception cref="MedSegException">The table cannot be read, has no column of images or of masks, or names an image twice (<c>TableInvalid</c>); the channels contradict each other (<c>ChannelInvalid</c>).</exception>
    public static IReadOnlyList<ImagePair> Read(string path, IReadOnlyList<ImageChannel>? channels = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Of(CsvTable.Read(path), channels ?? []);
    }

    /// <summary>Finds the pairs in a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="channels">As for <see cref="Read"/>.</param>
    /// <exception cref="MedSegException">As <see cref="Read"/>.</exception>
    internal static IReadOnlyList<ImagePair> Of(CsvTable table, IReadOnlyList<ImageChannel> channels)
    {
        int[] images = ImagesOf(table, channels);
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

        string root = SharedFolder.OfFiles(rows.Select(row => row.Image));
        RequireUnique(table, rows.Select(row => (row.Row.Line, NameOf(root, row.Image))));
        return Array.ConvertAll(rows, row => new ImagePair(NameOf(root, row.Image), row.Image, row.Mask)
        {
            ChannelPaths = row.Channels.Length > 1 ? row.Channels : [],
            Patient = row.Row[patient],
            Group = row.Row[group],
            Origin = string.Create(CultureInfo.InvariantCulture, $"{table.Path}, line {row.Row.Line}"),
        });
    }

    /// <summary>Reads the folds of images.</summary>
    /// <param name="path">The absolute path of a table.</param>
    /// <returns>The fold of each image by its absolute path, from 1; <see langword="null"/> if the file has no columns of images or masks and folds.</returns>
    /// <exception cref="FileFormatException"><c>FoldFileInvalid</c>: a fold is missing or not a number from 1.</exception>
    internal static IReadOnlyDictionary<string, int>? ReadFolds(string path)
    {
        var header = CsvTable.Read(path, isHeaderOnly: true);
        bool isOfImages = header.Find(s_fold) >= 0 && (header.Find(s_image) >= 0 || header.Find(s_mask) >= 0);
        return isOfImages ? FoldsOf(CsvTable.Read(path)) : null;
    }

    /// <summary>Finds the folds of images in a table.</summary>
    /// <param name="table">A table with a column of folds, and of images or masks.</param>
    /// <returns>As <see cref="ReadFolds"/>.</returns>
    /// <exception cref="FileFormatException">As <see cref="ReadFolds"/>.</exception>
    internal static IReadOnlyDictionary<string, int> FoldsOf(CsvTable table)
    {
        int image = table.Find(s_image);
        int mask = table.Find(s_mask);
        int fold = table.Find(s_fold);

        // A column for each channel may have any name.
        int[] others = [mask, fold, table.Find(s_patient), table.Find(s_group)];
        int[] images = image >= 0 ? [image] : [.. Enumerable.Range(0, table.Columns.Count).Except(others)];
        var folds = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (CsvRow row in table.Rows)
        {
            int number = int.TryParse(row[fold], NumberStyles.None, CultureInfo.InvariantCulture, out int stated) && stated >= 1
                ? stated
                : throw new FileFormatException(ErrorIds.FoldFileInvalid, table.Path, $"Line {row.Line}: The fold is '{row[fold]}', but should be a number from 1.") { Advice = "Correct the fold in this line." };
            foreach (string file in images.Where(column => image >= 0 || row[column] is not null).Select(column => PathIn(table, row, column, "image")))
            {
                // What is the same in lines of two folds is not the path of an image.
                folds[file] = image < 0 && folds.TryGetValue(file, out int known) && known != number ? NoFold : number;
            }
        }

        return folds.Where(entry => entry.Value != NoFold).ToDictionary(StringComparer.Ordinal);
    }

    // Channels have a column each, or are within the images of one column.
    private static int[] ImagesOf(CsvTable table, IReadOnlyList<ImageChannel> channels)
    {
        int[] columns = [.. channels.Select(channel => table.Find([CsvTable.Fold(channel.Source)]))];
        if (channels.Count > 0 && !ChannelSource.AreInOneFile(channels) && Array.TrueForAll(columns, column => column >= 0))
        {
            return columns;
        }

        ChannelSource[] sources = [.. channels.Select(ChannelSource.Of)];
        ImageChannel[] own = [.. channels.Where((_, i) => !sources[i].IsWithinImage)];
        if (own.Length == 0)
        {
            ChannelGrouping.RequireOneKind(sources);
            return [Require(table, s_image, "image")];
        }

        foreach (ImageChannel channel in own)
        {
            Require(table, [CsvTable.Fold(channel.Source)], channel.Source, ColumnAdvice);
        }

        int within = Array.FindIndex(sources, source => source.IsWithinImage);
        throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.ChannelInvalid, $"{table.Path}: The source of the channel '{own[0].Name}' is a column, but the channel {channels[within].Described} is chosen within images.", table.Path)
        {
            Advice = "Choose all channels within the images of the column 'image', or save each to a file of its own and add a column for it.",
        };
    }

    private static int Require(CsvTable table, string[] names, string column, string? advice = null) => table.Find(names) is >= 0 and int found
        ? found
        : throw table.Error(1, $"there is no column '{column}', only {string.Join(", ", table.Columns.Select(name => $"'{name}'"))}", advice ?? "Name the columns in the first line: image, mask and, if you like, patient, group and fold.");

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
