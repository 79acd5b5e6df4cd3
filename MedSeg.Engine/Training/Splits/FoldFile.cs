using System.Globalization;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Training.Splits;

/// <summary>
/// A CSV file that lists the fold in which each sample is held out: a line "name,fold" per sample, after a header line; or the table of images
/// and masks that the data set was imported with, if it has a column of folds.
/// </summary>
internal static class FoldFile
{
    /// <summary>Reads the file.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="samples">The samples; the file must list each of them.</param>
    /// <returns>The fold of each sample, from 1, in the order of the samples.</returns>
    /// <exception cref="MedSegException">The file is missing, cannot be parsed, or does not list a sample.</exception>
    public static int[] Read(string path, IReadOnlyList<Sample> samples)
    {
        if (PairTable.ReadFolds(path) is { } listed)
        {
            return [.. samples.Select(sample => FoldOf(sample, listed, path))];
        }

        Dictionary<string, int> folds = Parse(path);
        return [.. samples.Select(s => folds.TryGetValue(s.Name, out int fold)
            ? fold
            : throw new FileFormatException(ErrorIds.FoldMissing, path, $"The sample '{s.Name}' is not listed.")
            {
                Advice = $"Add a line for it, such as {s.Name},1.",
            })];
    }

    /// <summary>Lists the folds in the file.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The folds, in ascending order.</returns>
    /// <exception cref="MedSegException">The file is missing or cannot be parsed.</exception>
    public static IReadOnlyList<int> Folds(string path) => [.. (PairTable.ReadFolds(path)?.Values ?? Parse(path).Values).Distinct().Order()];

    // An image may be listed by its file, or by the folder of its series.
    private static int FoldOf(Sample sample, IReadOnlyDictionary<string, int> folds, string path)
    {
        for (string? place = sample.ImagePath; place is not null; place = Path.GetDirectoryName(place))
        {
            if (folds.TryGetValue(place, out int fold))
            {
                return fold;
            }
        }

        throw new FileFormatException(ErrorIds.FoldMissing, path, $"The image {sample.ImagePath} is not listed.") { Advice = "Add a line for it, with its fold." };
    }

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
                throw new FileFormatException(ErrorIds.FoldFileInvalid, path, $"Line {i + 1} is '{line}'; expected a sample's name, a comma and a fold from 1.")
                {
                    Advice = "Correct the line, for example P01_S01,1. The first line of the file is the header Name,Fold.",
                };
            }

            folds[line[..comma].Trim().Trim('"')] = fold;
        }

        return folds;
    }
}
