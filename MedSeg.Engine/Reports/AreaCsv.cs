using MedSeg.Files;
using MedSeg.Inference;

namespace MedSeg.Reports;

/// <summary>Writes the areas of slices as a CSV table (RFC 4180, UTF-8, invariant culture), one row for each slice and ROI.</summary>
public static class AreaCsv
{
    /// <summary>Writes the columns Series, Slice, LocationMm, Roi, Name, Pixels, AreaMm2, Confidence, ExpectedDice and Flags. Unknown values are empty cells.</summary>
    /// <param name="stream">The stream to write to; it stays open.</param>
    /// <param name="slices">The slices.</param>
    public static void Write(Stream stream, IEnumerable<SegmentedSlice> slices)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(slices);
        using var writer = new CsvWriter(stream);
        writer.WriteRow("Series", "Slice", "LocationMm", "Roi", "Name", "Pixels", "AreaMm2", "Confidence", "ExpectedDice", "Flags");
        foreach (SegmentedSlice slice in slices)
        {
            foreach (SegmentedRoi roi in slice.Rois)
            {
                writer.WriteRow(slice.Series, slice.Name, slice.Location, roi.Roi, roi.Name, roi.Pixels, roi.Area, roi.Confidence, roi.ExpectedDice, slice.Flags);
            }
        }
    }
}
