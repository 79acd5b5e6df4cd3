using MedSeg.Imaging;

namespace MedSeg.Labels;

/// <summary>Which ROI the values, segments and colours of masks stand for.</summary>
public sealed record LabelMapping
{
    /// <summary>Gets the map that changes nothing.</summary>
    public static LabelMapping None { get; } = new();

    /// <summary>Gets the ROI number of each mask value that is not an ROI number itself; other values keep theirs.</summary>
    public IReadOnlyDictionary<float, int> Values { get; init; } = new Dictionary<float, int>();

    /// <summary>Gets the ROI number of each segment name, whatever its case; see <see cref="RoiNames"/> too.</summary>
    public IReadOnlyDictionary<string, int> Segments { get; init; } = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets the ROI number of each colour of RGB masks; where there is none, masks must be grey.</summary>
    public IReadOnlyDictionary<RgbColor, int> Colors { get; init; } = new Dictionary<RgbColor, int>();

    /// <summary>Gets the highest ROI number that something is turned into; 0 where there is none.</summary>
    public int HighestRoi => Values.Values.Concat(Segments.Values).Concat(Colors.Values).DefaultIfEmpty(0).Max();

    /// <summary>Names ROIs that have no names of their own, by the segments that become them.</summary>
    /// <param name="count">The number of ROIs.</param>
    /// <param name="found">The names that the masks' files give to ROI numbers.</param>
    /// <returns>The name of the one segment that becomes the ROI, else that of the files, else ROI and its number.</returns>
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
