using MedSeg.Errors;
using MedSeg.Labels;

namespace MedSeg.Volumes;

/// <summary>The segments of 3D Slicer in an NRRD file (.seg.nrrd): each is a value in one of several layers, so that segments may overlap.</summary>
internal sealed class SegmentLabelVolume : GridLabelVolume
{
    // Of values that the file does not describe: above any number of a segment.
    private const int Undescribed = 1 << 24;

    private readonly VolumeHeader _header;
    private readonly VoxelArray _voxels;
    private readonly long _layerStride;
    private readonly SegmentRois _segments;
    private readonly Dictionary<(int Layer, int Value), int> _numbers = [];

    /// <summary>Initializes a new instance of the <see cref="SegmentLabelVolume"/> class.</summary>
    /// <param name="volume">The volume, with segments.</param>
    /// <param name="map">Maps segments to ROIs.</param>
    /// <param name="labelNames">The names of the ROIs; empty if the segments determine them.</param>
    /// <exception cref="FileFormatException"><c>LabelSegmentUnknown</c>: a segment has no ROI.</exception>
    public SegmentLabelVolume(VoxelVolume volume, LabelMapping map, IReadOnlyList<string> labelNames)
        : base(volume.Header)
    {
        _header = volume.Header;
        _voxels = volume.Voxels;
        _layerStride = _header.VolumeStride;

        // Values number the segments where each has a value of its own; otherwise their order does.
        IReadOnlyList<VolumeSegment> segments = _header.Segments;
        bool isByValue = segments.DistinctBy(segment => segment.Value).Count() == segments.Count && segments.All(segment => segment.Value is > 0 and < Undescribed);
        var numbered = new List<(int Number, string Label)>();
        for (int i = 0; i < segments.Count; i++)
        {
            int number = isByValue ? segments[i].Value : i + 1;
            _numbers[(segments[i].Layer, segments[i].Value)] = number;
            numbered.Add((number, LabelText.Clean(segments[i].Name) ?? $"{number}"));
        }

        _segments = SegmentRois.Of(numbered, map, labelNames, Error);
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<int, string> RoiNames => _segments.Names;

    /// <inheritdoc/>
    public override void Complete() => _voxels.Complete();

    /// <inheritdoc/>
    protected override SliceLabels ToLabels(int rows, int columns, long[] voxels)
    {
        var labels = new SegLabels(_segments, rows, columns, whole: 1);
        int[] numbers = new int[voxels.Length];
        VoxelArray stored = _voxels.Reopen();
        for (int layer = 0; layer < _header.Volumes; layer++)
        {
            for (int i = 0; i < voxels.Length; i++)
            {
                numbers[i] = voxels[i] < 0 ? 0 : NumberAt(stored, layer, voxels[i]);
            }

            labels.Add(numbers, segment: null, voxels: null);
        }

        return new SliceLabels(labels.ToImage(), IsMatched: true, labels.Problems(Path));
    }

    /// <inheritdoc/>
    protected override bool IsLabel(long voxel) =>
        Enumerable.Range(0, _header.Volumes).Any(layer => NumberAt(_voxels, layer, voxel) is not 0 and int number && _segments.RoiOf(number) is not 0);

    private int NumberAt(VoxelArray stored, int layer, long voxel)
    {
        (long outer, long inner) = Math.DivRem(voxel, _layerStride);
        double value = stored.StoredAt((((outer * _header.Volumes) + layer) * _layerStride) + inner);
        int whole = value is >= 0 and < Undescribed && value == Math.Floor(value) ? (int)value : -1;
        return whole == 0 ? 0 : _numbers.TryGetValue((layer, whole), out int number) ? number : Undescribed + Math.Max(0, whole);
    }
}
