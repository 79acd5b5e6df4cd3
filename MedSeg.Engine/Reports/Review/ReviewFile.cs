using System.Globalization;
using System.Text;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Reports.Review;

/// <summary>Reads the decisions that the reader of a report saved.</summary>
public static class ReviewFile
{
    private const long MaximumBytes = 1L << 28;
    private static readonly string[] s_columns = ["Name", "Series", "Frame", "Image", "Mask", "Decision", "Comment"];

    // Files of earlier builds have no such columns.
    private const string AxisColumn = "Axis";
    private const string ChannelsColumn = "Channels";

    /// <summary>Reads a file.</summary>
    /// <param name="path">The absolute path of the CSV file.</param>
    /// <param name="basePath">The absolute path of the folder of the report, which paths in the file are relative to; null for the folder of the file.</param>
    /// <returns>The slices, in the order of the file.</returns>
    /// <exception cref="MedSegException">The file cannot be read, or is not a table of decisions (<c>ReviewInvalid</c>).</exception>
    public static IReadOnlyList<ReviewedSlice> Read(string path, string? basePath = null)
    {
        string text = Encoding.UTF8.GetString(FileContent.Read(path, MaximumBytes)).TrimStart('\uFEFF');
        basePath ??= Path.GetDirectoryName(path)!;
        Dictionary<string, int>? columns = null;
        var slices = new List<ReviewedSlice>();
        foreach ((int line, string[] cells) in CsvReader.Read(text))
        {
            if (columns is null)
            {
                columns = ColumnsOf(cells, path);
            }
            else
            {
                slices.Add(Parse(name => columns[name] >= 0 && columns[name] < cells.Length ? Unprotect(cells[columns[name]]) : string.Empty, line, path, basePath));
            }
        }

        return columns is null ? throw Invalid(path, "The file is empty.") : slices.ToArray();
    }

    private static Dictionary<string, int> ColumnsOf(string[] header, string path)
    {
        string[] missing = [.. s_columns.Except(header, StringComparer.OrdinalIgnoreCase)];
        return missing.Length == 0
            ? s_columns.Append(AxisColumn).Append(ChannelsColumn).ToDictionary(name => name, name => Array.FindIndex(header, cell => cell.Equals(name, StringComparison.OrdinalIgnoreCase)))
            : throw Invalid(path, $"The first line must name the columns {string.Join(", ", s_columns)}, but {string.Join(", ", missing)} {(missing.Length == 1 ? "is" : "are")} missing.");
    }

    private static ReviewedSlice Parse(Func<string, string> cell, int line, string path, string basePath)
    {
        ReviewDecision decision = ReviewDecision.Undecided;
        string decided = cell("Decision").Trim();
        if (decided.Length > 0 && !(Enum.TryParse(decided, ignoreCase: true, out decision) && Enum.IsDefined(decision) && char.IsAsciiLetter(decided[0])))
        {
            throw Invalid(path, $"Line {line}: The decision is '{decided}'; it must be Accept, Reject, Undecided or empty.");
        }

        if (cell("Name").Length == 0 || cell("Image").Length == 0)
        {
            throw Invalid(path, $"Line {line}: The name or the image of the slice is missing.");
        }

        int frame = 0;
        if (cell("Frame").Length > 0 && !(int.TryParse(cell("Frame"), NumberStyles.None, CultureInfo.InvariantCulture, out frame) && frame > 0))
        {
            throw Invalid(path, $"Line {line}: The frame is '{cell("Frame")}'; it must be a whole number from 1, or empty.");
        }

        SliceAxis axis = SliceAxis.Auto;
        if (cell(AxisColumn).Length > 0 && !SliceAxes.TryParse(cell(AxisColumn), out axis))
        {
            throw Invalid(path, $"Line {line}: The axis is '{cell(AxisColumn)}'; it must be one of {string.Join(", ", Enum.GetNames<SliceAxis>())}, or empty.");
        }

        return new ReviewedSlice
        {
            Name = cell("Name"),
            Decision = decision,
            Comment = cell("Comment"),
            ImagePath = Absolute(cell("Image"))!,
            ChannelPaths = [.. cell(ChannelsColumn).Split('|', StringSplitOptions.RemoveEmptyEntries).Select(file => Absolute(file)!)],
            MaskPath = Absolute(cell("Mask")),
            Frame = frame == 0 ? null : frame,
            Axis = axis,
            Series = cell("Series"),
        };

        string? Absolute(string file) => file.Length == 0 ? null : Path.GetFullPath(Path.Combine(basePath, file.Replace('/', Path.DirectorySeparatorChar)));
    }

    // The apostrophe that keeps a spreadsheet from taking a text for a formula.
    private static string Unprotect(string cell) => cell is ['\'', '=' or '+' or '-' or '@' or '\t' or '\r', ..] ? cell[1..] : cell;

    private static FileFormatException Invalid(string path, string finding) =>
        new(ErrorIds.ReviewInvalid, path, finding) { Advice = "Save the decisions from the report again." };
}
