using System.Globalization;
using System.Text;
using MedSeg.Inference;

namespace MedSeg.Reports;

/// <summary>Writes the areas of slices as a table: RFC 4180, UTF-8, a line for each slice and ROI, numbers in the invariant culture.</summary>
public static class AreaCsv
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes the table: Series, Slice, LocationMm, Roi, Name, Pixels, AreaMm2, Confidence, Flags. What is not known is empty.</summary>
    /// <param name="stream">Where to write; stays open.</param>
    /// <param name="slices">The slices.</param>
    public static void Write(Stream stream, IEnumerable<SegmentedSlice> slices)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(slices);
        using var writer = new StreamWriter(stream, s_utf8, leaveOpen: true) { NewLine = "\r\n" };
        writer.WriteLine("Series,Slice,LocationMm,Roi,Name,Pixels,AreaMm2,Confidence,Flags");
        foreach (SegmentedSlice slice in slices)
        {
            foreach (SegmentedRoi roi in slice.Rois)
            {
                writer.WriteLine(string.Join(',', Cell(slice.Series), Cell(slice.Name), Cell(slice.Location), Cell(roi.Roi), Cell(roi.Name), Cell(roi.Pixels), Cell(roi.Area), Cell(roi.Confidence), Cell(slice.Flags.ToString())));
            }
        }
    }

    private static string Cell(object? value)
    {
        string text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
