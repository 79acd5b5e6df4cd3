using MedSeg.Imaging;

namespace MedSeg.Labels;

/// <summary>Maps the values, segment names and colours of masks to ROI numbers.</summary>
public sealed record LabelMapping
{
    /// <summary>Gets the mapping that changes nothing.</summary>
    public static LabelMapping None { get; } = new();

    /// <summary>Gets the ROI number of each mapped mask value; other values are used as they are.</summary>
    public IReadOnlyDictionary<float, int> Values { get; init; } = new Dictionary<float, int>();

    /// <summary>Gets the ROI number of each segment name, ignoring case; see <see cref="RoiNames"/> too.</summary>
    public IReadOnlyDictionary<string, int> Segments { get; init; } = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets the ROI number of each colour of RGB masks; if empty, masks must be grey or indexed.</summary>
    public IReadOnlyDictionary<RgbColor, int> Colors { get; init; } = new Dictionary<RgbColor, int>();

    /// <summary>Gets the highest ROI number that anything is mapped to; 0 if nothing is mapped.</summary>
    public int HighestRoi => Values.Values.Concat(Segments.Values).Concat(Colors.Values).DefaultIfEmpty(0).Max();

    /// <summary>Names ROIs for which the user gave no names, after the segments mapped to them.</summary>
    /// <param name="count">The number of ROIs.</param>
    /// <param name="found">The names of ROI numbers in the mask files.</param>
    /// <returns>The name of the segment if exactly one is mapped to the ROI; otherwise the name in the files; otherwise "ROI" and the number.</returns>
    internal string[] RoiNames(int count, IReadOnlyDictionary<int, string> found)
    {
        string[] names = new string[count];
        for (int roi = 1; roi <= count; roi++)
        {
            string[] segments = [.. Segments.Where(segment => segment.Value == roi).Select(segment => segment.Key).Take(2)];
            names[roi - 1] = segments.Length == 1 ? segments[0] : found.GetValueOrDefault(roi, $"ROI {roi}");
        }

        return names;
    }
}
