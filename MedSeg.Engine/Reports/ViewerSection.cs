using System.Globalization;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Reports.Html;
using MedSeg.Threading;

namespace MedSeg.Reports;

/// <summary>Writes the section of a page in which the reader scrolls through the scans with the masks over them.</summary>
internal static class ViewerSection
{
    /// <summary>The most voxels on a page: 380 slices of 512 × 512 pixels. Browsers need several times the memory.</summary>
    public const long MostVoxels = 100_000_000;

    private const int DefaultOpacity = 40;
    private static readonly (string Value, string Text)[] s_views = [("slice", "slices of the scan"), ("three", "three planes"), ("axial", "axial"), ("coronal", "coronal"), ("sagittal", "sagittal")];

    /// <summary>Refuses slices that are too many for a page.</summary>
    /// <param name="slices">The slices.</param>
    /// <exception cref="MedSegException"><c>ReportTooLarge</c>.</exception>
    public static void Require(IEnumerable<SegmentedSlice> slices)
    {
        long voxels = slices.Sum(slice => (long)slice.Rows * slice.Columns);
        if (voxels > MostVoxels)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.ReportTooLarge, string.Create(CultureInfo.InvariantCulture, $"The slices have {voxels / 1_000_000:N0} million pixels, but an interactive page has at most {MostVoxels / 1_000_000:N0} million."))
            {
                Advice = "Write a page for each series, such as Where-Object Series -eq 'P01' | Export-MedSegReport P01.html -Interactive.",
            };
        }
    }

    /// <summary>Writes the section.</summary>
    /// <param name="page">The page.</param>
    /// <param name="slices">The slices.</param>
    /// <param name="events">Receives the errors of slices that cannot be read; or null.</param>
    /// <param name="cancellationToken">Stops before the next slice.</param>
    public static void Write(HtmlWriter page, IReadOnlyList<SegmentedSlice> slices, EngineEvents? events, CancellationToken cancellationToken)
    {
        ViewerVolume[] volumes = [.. slices.GroupBy(slice => (slice.Series, slice.Rows, slice.Columns)).Select(series => Read([.. series], events, cancellationToken)).OfType<ViewerVolume>()];
        if (volumes.Length == 0)
        {
            page.Element("p", "No image could be read.", ("class", "soft"));
            return;
        }

        page.Element("p", "Scroll with the mouse wheel, the slider or the arrow keys; drag with the right button for brightness. The right of the patient is on the left, if the files state where it is; S and I are head and feet.", ("class", "soft"));
        page.Open("div", ("class", "viewer"), ("data-viewer", true));
        WriteTools(page, volumes);
        page.Open("div", ("class", "viewport"));
        page.Element("canvas", string.Empty, ("role", "img"), ("aria-label", "Scan with the masks of the ROIs"));
        page.Close();
        page.Element("p", "The viewer needs WebGL 2, which this browser does not provide. The pictures below do not need it.", ("class", "note"), ("data-viewer-error", true), ("hidden", true));
        foreach (ViewerVolume volume in volumes)
        {
            WriteVolume(page, volume);
        }

        page.Close();
    }

    private static ViewerVolume? Read(SegmentedSlice[] slices, EngineEvents? events, CancellationToken cancellationToken) =>
        new SegmentedSliceReader().ReadAll(slices, new EngineEvents { Error = events?.Error }, cancellationToken) is { Length: > 0 } read ? ViewerVolume.Of(read) : null;

    private static void WriteTools(HtmlWriter page, ViewerVolume[] volumes)
    {
        page.Open("div", ("class", "viewer-tools"));
        WriteSelect(page, "Scan", "scan", volumes.Select((volume, i) => (i.ToString(CultureInfo.InvariantCulture), volume.Series)));
        WriteSelect(page, "View", "view", s_views);
        WriteRange(page, "Slice", "slice");
        WriteRange(page, "Level", "level");
        WriteRange(page, "Width", "width");
        page.Element("button", "Reset brightness", ("type", "button"), ("class", "chip"), ("data-viewer-reset", true));
        page.Open("label");
        page.Empty("input", ("type", "checkbox"), ("checked", true), ("data-viewer-smooth", true));
        page.Text(" Smooth");
        page.Close();
        page.Element("output", string.Empty, ("data-viewer-name", true), ("class", "soft"));
        page.Close();
        page.Open("ul", ("class", "legend"), ("aria-label", "Opacity of the ROIs"));
        foreach ((int roi, string name) in volumes.SelectMany(volume => volume.Rois).Select(roi => (roi.Roi, roi.Name)).Distinct().OrderBy(roi => roi.Roi))
        {
            page.Open("li", ("data-viewer-roi", roi));
            page.Open("label");
            RoiMark.Write(page, roi, name);
            page.Text(" ");
            page.Empty("input", ("type", "range"), ("min", 0), ("max", 100), ("value", DefaultOpacity), ("aria-label", "Opacity of " + name), ("data-viewer-opacity", roi));
            page.Close();
            page.Close();
        }

        page.Close();
    }

    private static void WriteVolume(HtmlWriter page, ViewerVolume volume)
    {
        page.Open(
            "div", ("hidden", true), ("data-volume", true), ("data-axis", volume.Axis), ("data-reversed", volume.IsReversed), ("data-placed", volume.IsPlaced), ("data-names", string.Join('\n', volume.SliceNames)));
        page.Element("pre", volume.Scan, ("data-scan", true));
        foreach ((int roi, _, string mask) in volume.Rois)
        {
            RgbColor color = RoiPalette.ColorOf(roi);
            page.Element("pre", mask, ("data-mask", roi), ("data-color", $"{color.Red} {color.Green} {color.Blue}"));
        }

        page.Close();
    }

    private static void WriteRange(HtmlWriter page, string label, string name)
    {
        page.Open("label");
        page.Text(label + " ");
        page.Empty("input", ("type", "range"), ("data-viewer-" + name, true));
        page.Close();
    }

    private static void WriteSelect(HtmlWriter page, string label, string name, IEnumerable<(string Value, string Text)> choices)
    {
        page.Open("label");
        page.Text(label + " ");
        page.Open("select", ("data-viewer-" + name, true));
        foreach ((string value, string text) in choices)
        {
            page.Element("option", text, ("value", value));
        }

        page.Close();
        page.Close();
    }
}
