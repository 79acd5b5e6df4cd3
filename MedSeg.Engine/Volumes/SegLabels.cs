using System.Globalization;
using MedSeg.Labels;

namespace MedSeg.Volumes;

/// <summary>Puts the segments of one slice together.</summary>
/// <param name="segments">Which ROI each segment is.</param>
/// <param name="rows">The rows of the slice.</param>
/// <param name="columns">The columns of the slice.</param>
/// <param name="whole">What a fraction of 1 is stored as.</param>
internal sealed class SegLabels(SegmentRois segments, int rows, int columns, int whole)
{
    private readonly float[] _values = new float[rows * columns];
    private readonly SortedSet<int> _overlapping = [];
    private readonly SortedSet<int> _undescribed = [];
    private readonly Dictionary<int, int> _segmentOfRoi = [];
    private long _overlap;
    private long _fractions;

    /// <summary>Adds a frame.</summary>
    /// <param name="stored">The frame's pixels.</param>
    /// <param name="segment">The segment that it shows; null where pixels are the numbers of segments.</param>
    /// <param name="voxels">The frame's pixel that each pixel of the slice shows, or -1; null where they are the same.</param>
    public void Add(int[] stored, int? segment, long[]? voxels)
    {
        for (int pixel = 0; pixel < _values.Length; pixel++)
        {
            long voxel = voxels is null ? pixel : voxels[pixel];
            int value = voxel < 0 ? 0 : stored[voxel];
            if (value == 0)
            {
                continue;
            }

            _fractions += segment is not null && value < whole ? 1 : 0;
            if (segment is null || 2L * value >= whole)
            {
                Set(pixel, segment ?? value);
            }
        }
    }

    /// <summary>Gives the mask.</summary>
    public LabelImage ToImage() => new(rows, columns, _values, IsLossy: false) { IsMapped = true };

    /// <summary>Gives what is wrong with the slice.</summary>
    /// <param name="path">The file's path.</param>
    /// <returns>The errors <c>LabelOverlap</c> and <c>LabelSegmentUnknown</c>, and the warning <c>LabelFractional</c>.</returns>
    public IReadOnlyList<LabelProblem> Problems(string path)
    {
        var problems = new List<LabelProblem>();
        CultureInfo culture = CultureInfo.InvariantCulture;
        if (_undescribed.Count > 0)
        {
            problems.Add(new LabelProblem("LabelSegmentUnknown", LabelSeverity.Error, $"{path}: frames show segments that the file does not describe: {string.Join(", ", _undescribed.Take(10))}. Save the segmentation again.", 0));
        }

        if (_overlap > 0)
        {
            string names = string.Join(", ", _overlapping.Take(10).Select(number => $"'{segments.LabelOf(number)}'"));
            problems.Add(new LabelProblem("LabelOverlap", LabelSeverity.Error, string.Create(culture, $"{path}: {_overlap:N0} pixels belong to several segments ({names}), but a pixel has one ROI. Draw them apart, or leave one out with -LabelMap and 0."), _overlap));
        }

        if (_fractions > 0)
        {
            problems.Add(new LabelProblem("LabelFractional", LabelSeverity.Warning, string.Create(culture, $"{path}: the segmentation is fractional; {_fractions:N0} pixels that belong to a segment in part count as its own from a half on."), _fractions));
        }

        return problems;
    }

    private void Set(int pixel, int segment)
    {
        if (segments.RoiOf(segment) is not int roi)
        {
            _undescribed.Add(segment);
            return;
        }

        if (roi == 0)
        {
            return;
        }

        if (_values[pixel] != 0 && _values[pixel] != roi)
        {
            _overlap++;
            _overlapping.Add(segment);
            _overlapping.Add(_segmentOfRoi.GetValueOrDefault((int)_values[pixel], segment));
        }

        _values[pixel] = roi;
        _segmentOfRoi[roi] = segment;
    }
}
