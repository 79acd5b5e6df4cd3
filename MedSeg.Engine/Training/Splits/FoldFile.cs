using System.Globalization;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Training.Splits;

/// <summary>A file that says which samples are held out in which fold: a line "name,fold" for each, after a line of headings.</summary>
internal static class FoldFile
{
    /// <summary>Reads the file.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="samples">The samples, each of which must be in it.</param>
    /// <returns>The fold of each sample, from 1, in the order of the samples.</returns>
    /// <exception cref="MedSegException">The file is missing or damaged, or lacks a sample.</exception>
    public static int[] Read(string path, IReadOnlyList<Sample> samples)
    {
        Dictionary<string, int> folds = Parse(path);
        return [.. samples.Select(s => folds.TryGetValue(s.Name, out int fold)
            ? fold
            : throw new FileFormatException("FoldMissing", path, $"the sample '{s.Name}' is not listed. Add a line for it, such as {s.Name},1."))];
    }

    /// <summary>Gives the folds that the file names.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The folds, in ascending order.</returns>
    /// <exception cref="MedSegException">The file is missing or damaged.</exception>
    public static IReadOnlyList<int> Folds(string path) => [.. Parse(path).Values.Distinct().Order()];

    private static Dictionary<string, int> Parse(string path)
    {
        string text = System.Text.Encoding.UTF8.GetString(FileContent.Read(path)).TrimStart('\uFEFF');
        var folds = new Dictionary<string, int>(StringComparer.Ordinal);
        string[] lines = text.Split('\n');
        for (int i = 1; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length == 0)
            {
                continue;
            }

            int comma = line.LastIndexOfAny([',', ';']);
            if (comma < 1 || !int.TryParse(line[(comma + 1)..].Trim().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out int fold) || fold < 1)
            {
                throw new FileFormatException("FoldFileInvalid", path, $"line {i + 1} is '{line}', where a sample's name, a comma and a fold from 1 on were expected. The first line has headings: Name,Fold.");
            }

            folds[line[..comma].Trim().Trim('"')] = fold;
        }

        return folds;
    }
}
