using MedSeg.Imaging;

namespace MedSeg.Data.Files;

/// <summary>What is done with an image file that is described.</summary>
public sealed record ImageInspection
{
    /// <summary>Gets a value indicating whether to compute <see cref="ImageInfo.Sha256"/>.</summary>
    public bool Hash { get; init; }

    /// <summary>Gets the axis along which a volume that is not DICOM is cut into slices.</summary>
    public SliceAxis SliceAxis { get; init; }

    /// <summary>Gets the channels: the description says of which one the file is, or there is one for each channel in the file. Empty for the file as a whole.</summary>
    public IReadOnlyList<ImageChannel> Channels { get; init; } = [];

    /// <summary>Gets the frame to draw, from 1.</summary>
    public int Frame { get; init; } = 1;

    /// <summary>Gets the absolute path of the 8-bit grey PNG of the frame; an existing file is replaced. Null for none.</summary>
    public string? OutputPath { get; init; }
}
