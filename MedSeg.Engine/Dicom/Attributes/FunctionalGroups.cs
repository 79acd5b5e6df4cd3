using MedSeg.Dicom.Parsing;

namespace MedSeg.Dicom.Attributes;

/// <summary>
/// Finds the attributes of one frame: in enhanced multi-frame images they are in functional groups, per frame or shared
/// by all (DICOM PS3.3, C.7.6.16); in other images at the top level.
/// </summary>
internal sealed class FunctionalGroups
{
    private readonly DicomDataset _dataset;
    private readonly IReadOnlyList<DicomDataset> _shared;
    private readonly IReadOnlyList<DicomDataset> _perFrame;

    // Found once for all frames, so that the work per frame does not grow with the shared attributes.
    private readonly Dictionary<(DicomTag Group, DicomTag Tag), DicomDataset> _sharedHolders = [];
    private DicomDataset[]? _itemsOfShared;

    /// <summary>Initializes a new instance of the <see cref="FunctionalGroups"/> class.</summary>
    /// <param name="dataset">The data set of the file.</param>
    public FunctionalGroups(DicomDataset dataset)
    {
        _dataset = dataset;
        _shared = dataset.Items(DicomTag.SharedFunctionalGroups);
        _perFrame = dataset.Items(DicomTag.PerFrameFunctionalGroups);
    }

    /// <summary>Gets the number of per-frame functional groups.</summary>
    public int FrameCount => _perFrame.Count;

    /// <summary>Gets a value indicating whether there are functional groups.</summary>
    public bool AreThere => _shared.Count > 0 || _perFrame.Count > 0;

    /// <summary>Finds the data set that contains an attribute of a frame in any of its functional groups.</summary>
    /// <param name="frame">The frame, from 0.</param>
    /// <param name="tags">The names that the attribute has in functional groups and elsewhere; the first that is there counts.</param>
    /// <returns>The frame's own group, otherwise the shared group, otherwise the top level, and the attribute there; <see langword="null"/> if it is nowhere.</returns>
    public (DicomDataset Holder, DicomTag Tag)? Find(int frame, IReadOnlyList<DicomTag> tags)
    {
        DicomDataset[] own = frame < _perFrame.Count ? ItemsOf(_perFrame[frame]) : [];
        _itemsOfShared ??= _shared.Count > 0 ? ItemsOf(_shared[0]) : [];
        foreach (DicomDataset[] items in (DicomDataset[][])[own, _itemsOfShared, [_dataset]])
        {
            foreach (DicomTag tag in tags)
            {
                if (Array.Find(items, item => item.Contains(tag)) is { } holder)
                {
                    return (holder, tag);
                }
            }
        }

        return null;
    }

    /// <summary>Finds the data set that contains an attribute of a frame.</summary>
    /// <param name="frame">The frame, from 0.</param>
    /// <param name="group">The functional group that may contain it.</param>
    /// <param name="tag">The attribute.</param>
    /// <returns>The frame's own group; otherwise the shared group or the top level, which are the same object for all frames.</returns>
    public DicomDataset Holder(int frame, DicomTag group, DicomTag tag)
    {
        if (frame < _perFrame.Count && In(_perFrame[frame], group, tag) is { } own)
        {
            return own;
        }

        if (!_sharedHolders.TryGetValue((group, tag), out DicomDataset? holder))
        {
            holder = (_shared.Count > 0 ? In(_shared[0], group, tag) : null) ?? _dataset;
            _sharedHolders.Add((group, tag), holder);
        }

        return holder;
    }

    private static DicomDataset? In(DicomDataset groups, DicomTag group, DicomTag tag) =>
        groups.Items(group) is [DicomDataset item, ..] && item.Contains(tag) ? item : null;

    private static DicomDataset[] ItemsOf(DicomDataset groups) => [.. groups.Sequences.Select(groups.Items).Where(group => group.Count > 0).Select(group => group[0])];
}
