using System.Globalization;

namespace MedSeg.Dicom;

/// <summary>How the pixels of an image are laid out (DICOM PS3.3, C.7.6.3; PS3.5, 8.1.1).</summary>
/// <param name="Rows">The number of rows.</param>
/// <param name="Columns">The number of columns.</param>
/// <param name="BitsAllocated">The number of bits that a pixel takes: 1, 8, 16 or 32.</param>
/// <param name="BitsStored">The number of bits that count.</param>
/// <param name="HighBit">The number of the most significant bit that counts.</param>
/// <param name="IsSigned">Whether values are in two's complement.</param>
/// <param name="IsInverted">Whether the least value is white (MONOCHROME1).</param>
internal sealed record PixelDescription(
    int Rows, int Columns, int BitsAllocated, int BitsStored, int HighBit, bool IsSigned, bool IsInverted)
{
    public int Count => Rows * Columns;

    public int BytesPerPixel => (BitsAllocated + 7) / 8;

    /// <summary>Gets the length of the uncompressed pixels, in bytes.</summary>
    public long ByteLength => ((Count * (long)BitsAllocated) + 7) / 8;

    /// <summary>Reads and checks the description of a single-frame image of one sample a pixel.</summary>
    /// <param name="dataset">The data set.</param>
    /// <returns>The description.</returns>
    public static PixelDescription Read(DicomDataset dataset)
    {
        DicomSource source = dataset.Source;
        RefuseFrames(dataset);
        bool isInverted = ReadPhotometric(dataset);
        int rows = dataset.GetUInt16(DicomTag.Rows, "Rows");
        int columns = dataset.GetUInt16(DicomTag.Columns, "Columns");
        if (rows == 0 || columns == 0 || (long)rows * columns > Array.MaxLength / sizeof(int))
        {
            throw source.Error(DicomErrorId.Invalid, string.Create(CultureInfo.InvariantCulture, $"the image is said to have {rows} rows and {columns} columns, which cannot be. Export the file again."));
        }

        int allocated = dataset.GetUInt16(DicomTag.BitsAllocated, "Bits Allocated");
        if (allocated is not (1 or 8 or 16 or 32))
        {
            throw source.Error(DicomErrorId.Unsupported, string.Create(CultureInfo.InvariantCulture, $"pixels of {allocated} bits allocated are not supported; 1, 8, 16 and 32 are. Export the image with 16 bits."));
        }

        int stored = dataset.GetUInt16(DicomTag.BitsStored, "Bits Stored");
        int high = dataset.FindUInt16(DicomTag.HighBit) ?? stored - 1;
        if (stored < 1 || stored > allocated || high >= allocated || high < stored - 1)
        {
            throw source.Error(
                DicomErrorId.Invalid,
                string.Create(CultureInfo.InvariantCulture, $"Bits Stored is {stored} and High Bit {high}, which do not fit in {allocated} Bits Allocated. Correct these elements (for example with dcmtk's dcmodify) or export the file again."));
        }

        int representation = dataset.GetUInt16(DicomTag.PixelRepresentation, "Pixel Representation");
        if (representation > 1)
        {
            throw source.Error(DicomErrorId.Invalid, string.Create(CultureInfo.InvariantCulture, $"Pixel Representation is {representation} where 0 (unsigned) or 1 (signed) was expected. Export the file again."));
        }

        return new PixelDescription(rows, columns, allocated, stored, high, representation == 1, isInverted);
    }

    private static void RefuseFrames(DicomDataset dataset)
    {
        double frames = dataset.GetDecimal(DicomTag.NumberOfFrames, "Number of Frames", fallback: 1);
        if (frames > 1)
        {
            throw dataset.Source.Error(
                DicomErrorId.Unsupported,
                string.Create(CultureInfo.InvariantCulture, $"the file holds {frames:0} frames; MedSeg reads one image a file. Split it into single-frame files (for example with dcm4che's emf2sf) or export the series as single slices."));
        }
    }

    private static bool ReadPhotometric(DicomDataset dataset)
    {
        DicomSource source = dataset.Source;
        int samples = dataset.FindUInt16(DicomTag.SamplesPerPixel) ?? 1;
        string? photometric = dataset.FindText(DicomTag.PhotometricInterpretation);
        switch (photometric)
        {
            case "MONOCHROME1" or "MONOCHROME2" when samples == 1:
                return photometric == "MONOCHROME1";
            case "MONOCHROME1" or "MONOCHROME2":
                throw source.Error(DicomErrorId.Invalid, string.Create(CultureInfo.InvariantCulture, $"the image is {photometric} but has {samples} samples a pixel where 1 was expected. Export the file again."));
            case null:
                throw source.Error(DicomErrorId.Invalid, $"Photometric Interpretation {DicomTag.PhotometricInterpretation} is missing; an image must state it. Export the file again.");
            case "RGB" or "PALETTE COLOR" or "YBR_FULL" or "YBR_FULL_422" or "YBR_PARTIAL_420" or "YBR_ICT" or "YBR_RCT" or "HSV" or "ARGB" or "CMYK":
                throw source.Error(DicomErrorId.Unsupported, $"the image is in colour ({photometric}); MedSeg reads greyscale. Export it as MONOCHROME2 (for example with dcmtk's dcm2img, or from the scanner's original series).");
            default:
                throw source.Error(DicomErrorId.Unsupported, "the image has an unknown Photometric Interpretation; MONOCHROME1 and MONOCHROME2 are read. Export it as MONOCHROME2.");
        }
    }
}
