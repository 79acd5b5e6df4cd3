using MedSeg.Errors;
using MedSeg.Threading;

namespace MedSeg.Inference;

/// <summary>Who is told how a segmentation goes; everything is called on the thread that walks the results.</summary>
public sealed record SegmentationObserver
{
    /// <summary>Gets what is told of a file that cannot be used, after which the others go on.</summary>
    public Action<MedSegException>? Error { get; init; }

    /// <summary>Gets what is told of things to act on.</summary>
    public Action<string>? Warning { get; init; }

    /// <summary>Gets what is told of each decision.</summary>
    public Action<string>? Decision { get; init; }

    /// <summary>Gets what is told after each batch.</summary>
    public Action<WorkProgress>? Progress { get; init; }
}
