using System.Globalization;
using System.Text;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Labels;

namespace MedSeg.Volumes;

/// <summary>
/// Which ROI each segment of a DICOM SEG is: the one that the map gives to its label or its number, else the ROI of its
/// name; where ROIs have no names, the one of its number.
/// </summary>
internal sealed class SegmentRois
{
    private readonly Dictionary<int, int> _rois = [];
    private readonly Dictionary<int, string> _labels = [];

    private SegmentRois()
    {
    }

    /// <summary>Gets the labels of the segments that are ROIs, by ROI number.</summary>
    public Dictionary<int, string> Names { get; } = [];

    /// <summary>Reads the segments of a file.</summary>
    /// <param name="dataset">The file's data set.</param>
    /// <param name="map">Which ROIs segments stand for.</param>
    /// <param name="labelNames">The names of the ROIs; none where segments decide.</param>
    /// <returns>The segments.</returns>
    /// <exception cref="FileFormatException"><c>SegInvalid</c>, or <c>LabelSegmentUnknown</c>: a segment is no ROI that is named.</exception>
    public static SegmentRois Read(DicomDataset dataset, LabelMapping map, IReadOnlyList<string> labelNames)
    {
        var segments = new SegmentRois();
        var unknown = new List<string>();
        foreach (DicomDataset item in dataset.Items(DicomTag.SegmentSequence))
        {
            int number = item.GetUInt16(DicomTag.SegmentNumber, "Segment Number");
            string label = Label(item, dataset) ?? number.ToString(CultureInfo.InvariantCulture);
            segments._labels[number] = label;
            int roi = Find(number, label, map, labelNames);
            segments._rois[number] = Math.Max(0, roi);
            if (roi < 0)
            {
                unknown.Add($"{number} '{label}'");
            }
            else if (roi is > 0 and < LabelSnap.MaximumRoiCount)
            {
                segments.Names.TryAdd(roi, label);
            }
        }

        if (segments._labels.Count == 0)
        {
            throw dataset.Source.Error("SegInvalid", "the segmentation describes no segment. Save it again.");
        }

        return unknown.Count == 0 ? segments : throw dataset.Source.Error(
            "LabelSegmentUnknown",
            $"the segmentation has segments that are no ROI of -LabelName ({string.Join(", ", labelNames)}): {string.Join(", ", unknown.Take(10))}. Say which ROI each is, or that it is background, for example with -LabelMap @{{'{unknown[0].Split('\'')[1]}'=0}}.");
    }

    /// <summary>Gives the ROI of a segment.</summary>
    /// <param name="number">The segment's number.</param>
    /// <returns>The ROI number; null where the file describes no such segment.</returns>
    public int? RoiOf(int number) => _rois.TryGetValue(number, out int roi) ? roi : null;

    /// <summary>Gives the label of a segment.</summary>
    /// <param name="number">The segment's number.</param>
    public string LabelOf(int number) => _labels.GetValueOrDefault(number, "?");

    private static int Find(int number, string label, LabelMapping map, IReadOnlyList<string> labelNames)
    {
        if (map.Segments.TryGetValue(label, out int mapped) || map.Values.TryGetValue(number, out mapped))
        {
            return mapped;
        }

        for (int i = 0; i < labelNames.Count; i++)
        {
            if (labelNames[i].Equals(label, StringComparison.OrdinalIgnoreCase))
            {
                return i + 1;
            }
        }

        return labelNames.Count == 0 ? number : -1;
    }

    // Labels go into messages and name ROIs: control characters must not.
    private static string? Label(DicomDataset item, DicomDataset dataset)
    {
        string? text = item.FindText(DicomTag.SegmentLabel);
        if (text is not null && dataset.FindText(DicomTag.SpecificCharacterSet)?.Contains("ISO_IR 192", StringComparison.Ordinal) == true)
        {
            text = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text));
        }

        return text is null ? null : string.Concat(text.Take(64).Select(c => char.IsControl(c) || c == '\'' ? '?' : c));
    }
}
