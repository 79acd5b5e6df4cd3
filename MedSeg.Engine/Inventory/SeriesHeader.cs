using MedSeg.Imaging;

namespace MedSeg.Inventory;

/// <summary>What the files of a series have in common. Files with equal headers share one object, so that memory grows by little more than a path for each.</summary>
internal sealed record SeriesHeader
{
    public string? Patient { get; init; }

    public string? StudyUid { get; init; }

    public string? SeriesUid { get; init; }

    public string? FrameOfReference { get; init; }

    public string Study { get; init; } = "";

    public DateTime? Date { get; init; }

    public int? Number { get; init; }

    public string Description { get; init; } = "";

    public string? Modality { get; init; }

    public string? Sequence { get; init; }

    public ChannelKind Kind { get; init; }

    public int Rows { get; init; }

    public int Columns { get; init; }

    public PixelSpacing? PixelSpacing { get; init; }

    public double? Thickness { get; init; }

    public string Format { get; init; } = "DICOM";

    public string? TransferSyntax { get; init; }

    public bool IsMosaic { get; init; }
}
