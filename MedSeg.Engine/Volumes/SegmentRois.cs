using System.Globalization;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Labels;

namespace MedSeg.Volumes;

/// <summary>
/// The ROI of each segment of a DICOM SEG: the one to which -LabelMap maps its label or number, otherwise the ROI of the
/// same name or, if ROIs have no names, of the same number.
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
    /// <param name="map">Maps segments to ROIs.</param>
    /// <param name="labelNames">The names of the ROIs; empty if the segments determine them.</param>
    /// <param name="isLabelMap">Whether pixels are segment numbers: then segment 0 is the background, which some programs describe too.</param>
    /// <returns>The segments.</returns>
    /// <exception cref="FileFormatException"><c>SegInvalid</c>, or <c>LabelSegmentUnknown</c>: a segment has no ROI.</exception>
    public static SegmentRois Read(DicomDataset dataset, LabelMapping map, IReadOnlyList<string> labelNames, bool isLabelMap)
    {
        var described = new List<(int Number, string Label)>();
        foreach (DicomDataset item in dataset.Items(DicomTag.SegmentSequence))
        {
            int number = item.GetUInt16(DicomTag.SegmentNumber, "Segment Number");
            described.Add((number, Label(item, dataset) ?? number.ToString(CultureInfo.InvariantCulture)));
        }

        return described.Count > 0
            ? Of(described, map, labelNames, (id, finding, advice) => dataset.Source.Error(id, finding, advice), isLabelMap)
            : throw dataset.Source.Error(ErrorIds.SegInvalid, "The file does not describe any segment.", "Save the segmentation again.");
    }

    /// <summary>Finds the ROIs of segments.</summary>
    /// <param name="described">The number and the label of each segment.</param>
    /// <param name="map">Maps segments to ROIs.</param>
    /// <param name="labelNames">The names of the ROIs; empty if the segments determine them.</param>
    /// <param name="error">Creates an error about the file from an identifier, what was found and what to do.</param>
    /// <param name="isZeroBackground">Whether a segment with the number 0 is the background.</param>
    /// <returns>The segments.</returns>
    /// <exception cref="FileFormatException"><c>LabelSegmentUnknown</c>: a segment has no ROI.</exception>
    public static SegmentRois Of(
        IEnumerable<(int Number, string Label)> described, LabelMapping map, IReadOnlyList<string> labelNames, Func<string, string, string, FileFormatException> error, bool isZeroBackground = false)
    {
        var segments = new SegmentRois();
        var unknown = new List<string>();
        foreach ((int number, string label) in described)
        {
            segments._labels[number] = label;
            int roi = isZeroBackground && number == 0 ? 0 : Find(number, label, map, labelNames);
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

        return unknown.Count == 0 ? segments : throw error(
            ErrorIds.LabelSegmentUnknown,
            $"The segmentation has segments that are not in -LabelName ({string.Join(", ", labelNames)}): {string.Join(", ", unknown.Take(10))}.",
            $"Map each to an ROI or to background with -LabelMap, for example -LabelMap @{{'{unknown[0].Split('\'')[1]}'=0}}.");
    }

    /// <summary>Returns the ROI of a segment.</summary>
    /// <param name="number">The segment's number.</param>
    /// <returns>The ROI number; <see langword="null"/> if the file does not describe the segment.</returns>
    public int? RoiOf(int number) => _rois.TryGetValue(number, out int roi) ? roi : null;

    /// <summary>Returns the label of a segment.</summary>
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

    private static string? Label(DicomDataset item, DicomDataset dataset) =>
        LabelText.Clean(item.FindText(DicomTag.SegmentLabel, DicomVr.LO, (item.Contains(DicomTag.SpecificCharacterSet) ? item : dataset).FindText(DicomTag.SpecificCharacterSet)));
}
