using System.Globalization;
using MedSeg.Dicom.Codecs;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;

namespace MedSeg.Dicom.Attributes;

/// <summary>The layout of the pixels of an image (DICOM PS3.3, C.7.6.3; PS3.5, 8.1.1).</summary>
internal sealed record PixelDescription
{
    /// <summary>Gets the number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Gets the number of columns.</summary>
    public required int Columns { get; init; }

    /// <summary>Gets the number of samples per pixel: 1, or 3 in colour.</summary>
    public required int Samples { get; init; }

    /// <summary>Gets the number of frames.</summary>
    public required int Frames { get; init; }

    /// <summary>Gets the number of bits allocated for a sample: 1, 8, 16, 32 or, for floating-point numbers, 64.</summary>
    public required int BitsAllocated { get; init; }

    /// <summary>Gets the number of bits stored.</summary>
    public required int BitsStored { get; init; }

    /// <summary>Gets the number of the most significant bit.</summary>
    public required int HighBit { get; init; }

    /// <summary>Gets a value indicating whether values are in two's complement.</summary>
    public required bool IsSigned { get; init; }

    /// <summary>Gets a value indicating whether the colours are stored in separate planes rather than interleaved by pixel.</summary>
    public required bool IsPlanar { get; init; }

    /// <summary>Gets the photometric interpretation.</summary>
    public required Photometric Photometric { get; init; }

    /// <summary>Gets the number format of a sample.</summary>
    public required PixelFormat Format { get; init; }

    /// <summary>Gets the number of samples of a frame.</summary>
    public int Count => Rows * Columns * Samples;

    /// <summary>Gets the number of bytes of a sample.</summary>
    public int BytesPerSample => (BitsAllocated + 7) / 8;

    /// <summary>
    /// Gets the bits of stored values that MONOCHROME1 inverts: a signed v becomes −1 − v, an unsigned one 2^bits − 1 − v.
    /// </summary>
    public int FlippedBits => Photometric != Photometric.Monochrome1 ? 0 : IsSigned ? -1 : (int)(uint.MaxValue >> (32 - BitsStored));

    /// <summary>Gets the shape of a frame.</summary>
    public FrameShape Shape => new(Rows, Columns, Samples);

    /// <summary>Gets the number of bits of an uncompressed frame.</summary>
    public long FrameBits => Photometric == Photometric.YbrFull422 ? 2L * Rows * Columns * BitsAllocated : (long)Count * BitsAllocated;

    /// <summary>Reads and checks the description of an image.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="format">The number format of a sample.</param>
    /// <returns>The description.</returns>
    /// <exception cref="FileFormatException">An element is missing, contradicts another or has a value that is not supported.</exception>
    public static PixelDescription Read(DicomDataset dataset, PixelFormat format)
    {
        DicomSource source = dataset.Source;
        int samples = dataset.FindUInt16(DicomTag.SamplesPerPixel) ?? 1;
        Photometric photometric = ReadPhotometric(dataset, samples);
        if (format != PixelFormat.Integer && samples != 1)
        {
            throw source.Error(
                ErrorIds.DicomUnsupported,
                $"The image has floating-point pixels of {samples} samples; only one is supported.",
                DicomAdvice.ExportGrey);
        }

        int rows = dataset.GetUInt16(DicomTag.Rows, "Rows");
        int columns = dataset.GetUInt16(DicomTag.Columns, "Columns");
        if (rows == 0 || columns == 0 || (long)rows * columns * samples > Array.MaxLength / sizeof(int))
        {
            throw source.Error(ErrorIds.DicomInvalid, $"The file states {rows} rows and {columns} columns, which is impossible.", DicomAdvice.ExportAgain);
        }

        var pixels = new PixelDescription
        {
            Rows = rows,
            Columns = columns,
            Samples = samples,
            Frames = ReadFrames(dataset),
            BitsAllocated = format == PixelFormat.Double ? 64 : 32,
            BitsStored = format == PixelFormat.Double ? 64 : 32,
            HighBit = format == PixelFormat.Double ? 63 : 31,
            IsSigned = true,
            IsPlanar = samples > 1 && dataset.FindUInt16(DicomTag.PlanarConfiguration) == 1,
            Photometric = photometric,
            Format = format,
        };
        return format == PixelFormat.Integer ? ReadBits(dataset, pixels) : pixels;
    }

    private static PixelDescription ReadBits(DicomDataset dataset, PixelDescription pixels)
    {
        DicomSource source = dataset.Source;
        int allocated = dataset.GetUInt16(DicomTag.BitsAllocated, "Bits Allocated");
        if (allocated is not (1 or 8 or 16 or 32) || (allocated == 1 && pixels.Samples > 1))
        {
            throw source.Error(
                ErrorIds.DicomUnsupported, $"Bits Allocated is {allocated}; 1, 8, 16 and 32 are supported.", "Export the image with 16 bits.");
        }

        int stored = dataset.GetUInt16(DicomTag.BitsStored, "Bits Stored");
        int high = dataset.FindUInt16(DicomTag.HighBit) ?? stored - 1;
        if (stored < 1 || stored > allocated || high >= allocated || high < stored - 1)
        {
            throw source.Error(
                ErrorIds.DicomInvalid, $"Bits Stored is {stored} and High Bit {high}, which do not fit in {allocated} Bits Allocated.", DicomAdvice.Correct);
        }

        int representation = dataset.GetUInt16(DicomTag.PixelRepresentation, "Pixel Representation");
        return representation > 1
            ? throw source.Error(ErrorIds.DicomInvalid, $"Pixel Representation is {representation}; it must be 0 (unsigned) or 1 (signed).", DicomAdvice.Correct)
            : pixels with { BitsAllocated = allocated, BitsStored = stored, HighBit = high, IsSigned = representation == 1 };
    }

    private static int ReadFrames(DicomDataset dataset)
    {
        // Some programs write 0 for an image of one frame.
        double frames = dataset.GetDecimal(DicomTag.NumberOfFrames, "Number of Frames", fallback: 1);
        frames = frames == 0 ? 1 : frames;
        return frames is >= 1 and <= int.MaxValue && frames == Math.Floor(frames)
            ? (int)frames
            : throw dataset.Source.Error(
                ErrorIds.DicomInvalid,
                string.Create(CultureInfo.InvariantCulture, $"Number of Frames {DicomTag.NumberOfFrames} is {frames}; it must be a whole number from 1."),
                DicomAdvice.Correct,
                dataset.Find(DicomTag.NumberOfFrames)!.Offset);
    }

    private static Photometric ReadPhotometric(DicomDataset dataset, int samples)
    {
        DicomSource source = dataset.Source;
        string? text = dataset.FindText(DicomTag.PhotometricInterpretation);
        Photometric photometric = text switch
        {
            "MONOCHROME2" => Photometric.Monochrome2,
            "MONOCHROME1" => Photometric.Monochrome1,
            "PALETTE COLOR" => Photometric.Palette,
            "RGB" or "YBR_ICT" or "YBR_RCT" => Photometric.Rgb,
            "YBR_FULL" => Photometric.YbrFull,
            "YBR_FULL_422" => Photometric.YbrFull422,
            null => throw source.Error(
                ErrorIds.DicomInvalid,
                $"Photometric Interpretation {DicomTag.PhotometricInterpretation} is missing, which an image must have.",
                DicomAdvice.ExportAgain),
            "YBR_PARTIAL_420" or "YBR_PARTIAL_422" or "HSV" or "ARGB" or "CMYK" => throw source.Error(
                ErrorIds.DicomUnsupported,
                $"The Photometric Interpretation {text} is not supported; MONOCHROME1 and 2, PALETTE COLOR, RGB and YBR_FULL are.",
                "Export the image as MONOCHROME2, for example with dcmtk's dcm2img."),
            _ => throw source.Error(
                ErrorIds.DicomUnsupported,
                "The Photometric Interpretation is unknown; MONOCHROME1 and 2, PALETTE COLOR, RGB and YBR_FULL are supported.",
                DicomAdvice.ExportGrey),
        };
        int expected = photometric is Photometric.Monochrome1 or Photometric.Monochrome2 or Photometric.Palette ? 1 : 3;
        return samples == expected
            ? photometric
            : throw source.Error(
                ErrorIds.DicomInvalid, $"The image is {text}, which has {expected} sample{(expected == 1 ? "" : "s")} per pixel, but states {samples}.", DicomAdvice.ExportAgain);
    }
}
