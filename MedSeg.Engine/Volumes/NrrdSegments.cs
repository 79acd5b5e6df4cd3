using System.Globalization;

namespace MedSeg.Volumes;

/// <summary>Reads the segments that 3D Slicer describes in the key/value pairs of an NRRD header: Segment0_Name and so on.</summary>
internal static class NrrdSegments
{
    private const int MostSegments = 65535;

    /// <summary>Reads the segments.</summary>
    /// <param name="pairs">The key/value pairs.</param>
    /// <returns>The segments; empty if the file describes none.</returns>
    public static IReadOnlyList<VolumeSegment> Read(Dictionary<string, string> pairs)
    {
        var segments = new List<VolumeSegment>();
        for (int i = 0; i < MostSegments && pairs.TryGetValue($"Segment{i}_ID", out string? id); i++)
        {
            // Files of before Slicer 4.11 have a layer of zeros and ones for each segment.
            int layer = Number(pairs, $"Segment{i}_Layer") ?? i;
            int value = Number(pairs, $"Segment{i}_LabelValue") ?? 1;
            segments.Add(new VolumeSegment(layer, value, pairs.GetValueOrDefault($"Segment{i}_Name", id)));
        }

        return segments;
    }

    private static int? Number(Dictionary<string, string> pairs, string key) =>
        pairs.TryGetValue(key, out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
