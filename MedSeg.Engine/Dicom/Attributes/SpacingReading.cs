using System.Globalization;
using MedSeg.Dicom.Parsing;
using MedSeg.Imaging;

namespace MedSeg.Dicom.Attributes;

/// <summary>The pixel spacing of a frame, and what is unusual about how the file states it.</summary>
/// <param name="Spacing">The pixel spacing; <see langword="null"/> if the file does not state it, or not clearly.</param>
/// <param name="Note">What is unusual; <see langword="null"/> if the file states a valid Pixel Spacing, or none.</param>
internal sealed record SpacingReading(PixelSpacing? Spacing, SpacingNote? Note = null)
{
    private const string Correct = "Correct the element, for example with dcmtk's dcmodify.";
    private const int MaximumTextLength = 40;
    private const int Centimetre = 3;
    private const double MillimetresPerCentimetre = 10;

    /// <summary>Reads Pixel Spacing or, if it is missing, Imager Pixel Spacing (DICOM PS3.3, 10.7.1 and C.8.11.2).</summary>
    /// <param name="holder">The data set that contains it.</param>
    public static SpacingReading Read(DicomDataset holder)
    {
        DicomTag tag = holder.FindText(DicomTag.PixelSpacing) is null ? DicomTag.ImagerPixelSpacing : DicomTag.PixelSpacing;
        if (holder.FindText(tag) is not { } text)
        {
            return new SpacingReading(Spacing: null);
        }

        string name = tag == DicomTag.PixelSpacing ? "Pixel Spacing" : "Imager Pixel Spacing";
        string shown = $"{name} {tag} is '{Printable(text)}'";
        if (DecimalText.Parse(text, 2, out bool hasCommas) is not [> 0, > 0] values)
        {
            return new SpacingReading(null, new SpacingNote($"{shown}, which is not two positive numbers separated by a backslash, so it is not used.", Correct));
        }

        return new SpacingReading(
            new PixelSpacing(values[0], values[1]),
            NoteOf(tag, shown, values, hasCommas));
    }

    private static SpacingNote? NoteOf(DicomTag tag, string shown, double[] values, bool hasCommas)
    {
        if (tag == DicomTag.ImagerPixelSpacing)
        {
            return new SpacingNote(
                $"{shown}, and there is no Pixel Spacing {DicomTag.PixelSpacing}: this is the size of a pixel at the detector, where the anatomy appears enlarged, so lengths and areas are too large.",
                $"Add Pixel Spacing {DicomTag.PixelSpacing} for the depth of the anatomy, for example with dcmtk's dcmodify.",
                IsAtDetector: true);
        }

        string read = string.Create(CultureInfo.InvariantCulture, $"{values[0]} and {values[1]} mm");
        return hasCommas ? new SpacingNote($"{shown}, with decimal commas, which DICOM does not allow; it is read as {read}.", Correct) : null;
    }

    /// <summary>Reads the pixel size of an ultrasound image whose only region covers it (PS3.3, C.8.5.5).</summary>
    /// <param name="dataset">The data set of the file.</param>
    /// <param name="pixels">The layout of its pixels.</param>
    public static SpacingReading ReadUltrasound(DicomDataset dataset, PixelDescription pixels)
    {
        if (dataset.Items(DicomTag.UltrasoundRegions) is not [DicomDataset region])
        {
            return new SpacingReading(Spacing: null);
        }

        bool isWhole = region.FindUInt32(DicomTag.RegionMinX) == 0 && region.FindUInt32(DicomTag.RegionMinY) == 0
            && region.FindUInt32(DicomTag.RegionMaxX) >= pixels.Columns - 1 && region.FindUInt32(DicomTag.RegionMaxY) >= pixels.Rows - 1;
        bool isLength = region.FindUInt16(DicomTag.RegionUnitsX) == Centimetre && region.FindUInt16(DicomTag.RegionUnitsY) == Centimetre;
        double row = MillimetresPerCentimetre * Math.Abs(region.FindDouble(DicomTag.RegionDeltaY) ?? 0);
        double column = MillimetresPerCentimetre * Math.Abs(region.FindDouble(DicomTag.RegionDeltaX) ?? 0);
        return new SpacingReading(
            isWhole && isLength && row is > 0 and < double.PositiveInfinity && column is > 0 and < double.PositiveInfinity ? new PixelSpacing(row, column) : null);
    }

    // The text appears in messages, so a damaged one must not contain control characters or be very long.
    private static string Printable(string text) =>
        string.Concat(text.Take(MaximumTextLength).Select(c => char.IsControl(c) || c > '~' ? '?' : c)) + (text.Length > MaximumTextLength ? "…" : "");
}
