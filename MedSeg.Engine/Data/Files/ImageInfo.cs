using MedSeg.Imaging;

namespace MedSeg.Data.Files;

/// <summary>What an image file holds.</summary>
public sealed record ImageInfo
{
    /// <summary>Gets the absolute path.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the format: DICOM, NumPy, PNG, TIFF, NIfTI or JPEG.</summary>
    public required string Format { get; init; }

    /// <summary>Gets the modality, for example MR; null where the file does not say.</summary>
    public string? Modality { get; init; }

    /// <summary>Gets the number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Gets the number of columns.</summary>
    public required int Columns { get; init; }

    /// <summary>Gets the number of frames.</summary>
    public required int Frames { get; init; }

    /// <summary>Gets the samples of a pixel: 1, or 3 in colour; null outside of DICOM.</summary>
    public int? SamplesPerPixel { get; init; }

    /// <summary>Gets the bits that a sample takes; null outside of DICOM.</summary>
    public int? BitsAllocated { get; init; }

    /// <summary>Gets the bits of a sample that count; null outside of DICOM.</summary>
    public int? BitsStored { get; init; }

    /// <summary>Gets whether stored values are signed; null outside of DICOM.</summary>
    public bool? IsSigned { get; init; }

    /// <summary>Gets the transfer syntax's name (DICOM PS3.6, table A-1); null outside of DICOM.</summary>
    public string? TransferSyntax { get; init; }

    /// <summary>Gets the transfer syntax's UID; null outside of DICOM.</summary>
    public string? TransferSyntaxUid { get; init; }

    /// <summary>Gets the photometric interpretation, as the file states it; null outside of DICOM.</summary>
    public string? PhotometricInterpretation { get; init; }

    /// <summary>Gets the distance between pixels of the first frame; null where the file does not say.</summary>
    public PixelSpacing? PixelSpacing { get; init; }

    /// <summary>Gets the statistics of the stored values of all frames, samples of colours included.</summary>
    public required ValueStatistics Stored { get; init; }

    /// <summary>Gets the statistics of the real values of all frames: rescaled, of colours the luminance.</summary>
    public required ValueStatistics Real { get; init; }

    /// <summary>
    /// Gets the SHA-256 of the stored values of all frames, row by row, samples interleaved, as little-endian 32-bit integers,
    /// in lower-case hexadecimal; null where it was not asked for or values are no whole numbers.
    /// </summary>
    public string? Sha256 { get; init; }

    /// <summary>Gets the path of the picture that was written; null where none was.</summary>
    public string? OutputPath { get; init; }
}
