using MedSeg.Imaging;
using MedSeg.Wording;

namespace MedSeg.Data.Files;

/// <summary>The properties and pixel statistics of an image file.</summary>
public sealed record ImageInfo
{
    /// <summary>Gets the absolute path.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the format: DICOM, NIfTI, NRRD, MetaImage, NumPy, PNG, TIFF or JPEG.</summary>
    public required string Format { get; init; }

    /// <summary>Gets the name of the channel; null if channels were not named.</summary>
    public string? Channel { get; init; }

    /// <summary>Gets the modality, for example MR; null if the file does not state it.</summary>
    public string? Modality { get; init; }

    /// <summary>Gets the number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Gets the number of columns.</summary>
    public required int Columns { get; init; }

    /// <summary>Gets the number of frames.</summary>
    public required int Frames { get; init; }

    /// <summary>Gets the number of samples per pixel: 1, or 3 for colour, in DICOM; the number of volumes along the fourth axis of NIfTI; null for others.</summary>
    public int? SamplesPerPixel { get; init; }

    /// <summary>Gets the number of bits allocated for each sample; null if the file is not DICOM.</summary>
    public int? BitsAllocated { get; init; }

    /// <summary>Gets the number of significant bits of each sample; null if the file is not DICOM.</summary>
    public int? BitsStored { get; init; }

    /// <summary>Gets whether stored values are signed; null if the file is not DICOM.</summary>
    public bool? IsSigned { get; init; }

    /// <summary>Gets the name of the transfer syntax (DICOM PS3.6, table A-1); null if the file is not DICOM.</summary>
    public string? TransferSyntax { get; init; }

    /// <summary>Gets the UID of the transfer syntax; null if the file is not DICOM.</summary>
    public string? TransferSyntaxUid { get; init; }

    /// <summary>Gets the photometric interpretation, as the file states it; null if the file is not DICOM.</summary>
    public string? PhotometricInterpretation { get; init; }

    /// <summary>Gets the pixel spacing of the first frame; null if the file does not state it.</summary>
    public PixelSpacing? PixelSpacing { get; init; }

    /// <summary>Gets sentences about attributes that the file states in an unusual way, such as a pixel spacing with decimal commas; empty if there are none.</summary>
    public IReadOnlyList<string> Notes { get; init => field = ItemList<string>.Of(value); } = ItemList<string>.Of([]);

    /// <summary>Gets the statistics of the stored values of all frames, including all colour samples.</summary>
    public required ValueStatistics Stored { get; init; }

    /// <summary>Gets the statistics of the real values of all frames: rescaled, and the luminance of colours.</summary>
    public required ValueStatistics Real { get; init; }

    /// <summary>
    /// Gets the SHA-256 of the stored values of all frames, row by row, samples interleaved (volumes of NIfTI one after the other), as little-endian 32-bit integers,
    /// in lower-case hexadecimal; null if it was not requested or the values are not integers.
    /// </summary>
    public string? Sha256 { get; init; }

    /// <summary>Gets the path of the picture that was written; null if none was.</summary>
    public string? OutputPath { get; init; }
}
