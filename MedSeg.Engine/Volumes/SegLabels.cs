using System.Globalization;
using MedSeg.Errors;
using MedSeg.Labels;

namespace MedSeg.Volumes;

/// <summary>Combines the segments of one slice.</summary>
/// <param name="segments">The ROI of each segment.</param>
/// <param name="rows">The number of rows of the slice.</param>
/// <param name="columns">The number of columns of the slice.</param>
/// <param name="whole">The stored value of a fraction of 1.</param>
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
    /// <param name="segment">The segment that it shows; <see langword="null"/> if pixels are segment numbers.</param>
    /// <param name="voxels">For each pixel of the slice the pixel of the frame, or -1; <see langword="null"/> if they are the same.</param>
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

    /// <summary>Returns the mask.</summary>
    public LabelImage ToImage() => new(rows, columns, _values, IsLossy: false) { IsMapped = true };

    /// <summary>Returns the problems of the slice.</summary>
    /// <param name="path">The file's path.</param>
    /// <returns>The errors <c>LabelOverlap</c> and <c>LabelSegmentUnknown</c>, and the warning <c>LabelFractional</c>.</returns>
    public IReadOnlyList<LabelProblem> Problems(string path)
    {
        var problems = new List<LabelProblem>();
        CultureInfo culture = CultureInfo.InvariantCulture;
        if (_undescribed.Count > 0)
        {
            string numbers = string.Join(", ", _undescribed.Take(10));
            problems.Add(new LabelProblem(ErrorIds.LabelSegmentUnknown, LabelSeverity.Error, $"{path}: Frames show segments that the file does not describe: {numbers}.", 0)
            {
                Advice = "Save the segmentation again.",
            });
        }

        if (_overlap > 0)
        {
            string names = string.Join(", ", _overlapping.Take(10).Select(number => $"'{segments.LabelOf(number)}'"));
            string message = string.Create(culture, $"{path}: {_overlap:N0} pixels belong to several segments ({names}), but a pixel can have only one ROI.");
            problems.Add(new LabelProblem(ErrorIds.LabelOverlap, LabelSeverity.Error, message, _overlap)
            {
                Advice = "Remove the overlap, or map one of the segments to background with -LabelMap and 0.",
            });
        }

        if (_fractions > 0)
        {
            string message = string.Create(
                culture, $"{path}: The segmentation is fractional: of {_fractions:N0} pixels that belong to a segment in part, those with a half or more count as the segment.");
            problems.Add(new LabelProblem(ErrorIds.LabelFractional, LabelSeverity.Warning, message, _fractions));
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
