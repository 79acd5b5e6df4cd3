using System.Globalization;
using MedSeg.Files;
using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>
/// The table of the images of a folder of which a data set uses some frames only, such as those that a reader accepted. Images that it does not
/// list are used with all their frames.
/// </summary>
internal static class FrameTable
{
    /// <summary>The name of the table, in the folder of the images.</summary>
    public const string FileName = "medseg_frames.csv";

    private static readonly string[] s_columns = ["Image", "Axis", "Frames"];

    /// <summary>Reads the table of a folder.</summary>
    /// <param name="folder">The absolute path of the folder of images.</param>
    /// <returns>The frames of each listed image, by its absolute path; nothing if the folder has no table.</returns>
    /// <exception cref="Errors.FileFormatException"><c>TableInvalid</c>: a column is missing, or a cell is not what it should be.</exception>
    public static IReadOnlyDictionary<string, UsedFrames> Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        var frames = new Dictionary<string, UsedFrames>(StringComparer.Ordinal);
        if (!File.Exists(path))
        {
            return frames;
        }

        var table = CsvTable.Read(path);
        int[] columns = [.. s_columns.Select(name => table.Find(CsvTable.Fold(name)) is >= 0 and int found ? found : throw table.Error(1, $"there is no column '{name}'", $"The columns are {string.Join(", ", s_columns)}."))];
        foreach (CsvRow row in table.Rows)
        {
            string image = row[columns[0]] ?? throw table.Error(row.Line, "the image is missing", "Write its path, relative to the folder of the table.");
            SliceAxis axis = row[columns[1]] is not { } cell ? SliceAxis.Auto
                : SliceAxes.TryParse(cell, out SliceAxis named) ? named
                : throw table.Error(row.Line, $"the axis is '{cell}'", $"Write one of {string.Join(", ", Enum.GetNames<SliceAxis>())}, or nothing.");
            frames[Path.GetFullPath(Path.Combine(folder, image.Replace('/', Path.DirectorySeparatorChar)))] = new UsedFrames(path, axis, NumbersOf(table, row, columns[2]));
        }

        return frames;
    }

    /// <summary>Writes the table of a folder.</summary>
    /// <param name="folder">The absolute path of the folder of images.</param>
    /// <param name="frames">The frames of each image, by its absolute path.</param>
    /// <exception cref="Errors.MedSegException"><c>WriteFailed</c>.</exception>
    public static void Write(string folder, IReadOnlyDictionary<string, UsedFrames> frames) => AtomicFile.Write(Path.Combine(folder, FileName), stream =>
    {
        using var csv = new CsvWriter(stream);
        csv.WriteRow(s_columns);
        foreach ((string image, UsedFrames used) in frames.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            csv.WriteRow(
                Path.GetRelativePath(folder, image).Replace(Path.DirectorySeparatorChar, '/'),
                used.Axis == SliceAxis.Auto ? null : used.Axis,
                string.Join(' ', used.Numbers.Order().Select(number => number.ToString(CultureInfo.InvariantCulture))));
        }
    });

    private static HashSet<int> NumbersOf(CsvTable table, CsvRow row, int column)
    {
        string[] cells = (row[column] ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return cells.Length > 0 && Array.TrueForAll(cells, cell => int.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0)
            ? [.. cells.Select(cell => int.Parse(cell, CultureInfo.InvariantCulture))]
            : throw table.Error(row.Line, $"the frames are '{row[column]}'", "Write their numbers, from 1, separated by spaces.");
    }
}
