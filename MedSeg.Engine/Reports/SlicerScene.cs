using System.Globalization;
using System.Text;
using System.Xml;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Formats.LabelTables;
using MedSeg.Inference;
using MedSeg.Reports.Html;
using MedSeg.Threading;
using MedSeg.Volumes;

namespace MedSeg.Reports;

/// <summary>
/// Writes a scene of 3D Slicer (MRML): the images of a segmentation run with the masks over them. Files are named relative to the scene, so that
/// the folder can be moved.
/// </summary>
public static class SlicerScene
{
    private const string ScalarVolume = "vtkMRMLScalarVolumeNode";
    private const string LabelMap = "vtkMRMLLabelMapVolumeNode";
    private const string ColorTable = "vtkMRMLColorTableNode1";
    private const string GenericColors = "vtkMRMLColorTableNodeFileGenericColors.txt";
    private const int ColorTableOfFile = 14;
    private static readonly string[] s_views = ["Red", "Yellow", "Green"];

    /// <summary>Writes the scene.</summary>
    /// <param name="scene">The stream to write to, in UTF-8; it stays open.</param>
    /// <param name="slices">The slices, as the segmentation returned them: masks are .seg.nrrd, .nrrd or .nii.gz, each a whole series.</param>
    /// <param name="folder">The absolute path of the folder of the scene.</param>
    /// <param name="events">Receives a warning for images that Slicer may show without their position; or null.</param>
    /// <exception cref="MedSegException">There are no slices (<c>EmptyReport</c>), or masks of another format (<c>SceneMasks</c>).</exception>
    public static void Write(Stream scene, IReadOnlyList<SegmentedSlice> slices, string folder, EngineEvents? events = null)
    {
        ArgumentNullException.ThrowIfNull(scene);
        ArgumentNullException.ThrowIfNull(slices);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        SegmentedSlice[][] series = [.. SliceOrder.BySeries(slices)];
        Require(series);
        if (slices.FirstOrDefault(slice => slice.Location is null) is { } unplaced)
        {
            events?.Warning?.Invoke($"{unplaced.ImagePath}: The image does not state where its slices are. 3D Slicer shows it with slices 1 mm apart, so distances and volumes there are wrong.");
        }

        using var xml = XmlWriter.Create(scene, new XmlWriterSettings { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), Indent = true, CloseOutput = false });
        xml.WriteStartElement("MRML");
        xml.WriteAttributeString("version", "Slicer4.4.0");
        xml.WriteAttributeString("userTags", string.Empty);
        string? table = TableOf(series);
        if (table is not null)
        {
            WriteColors(xml, ReviewItem.Relative(folder, table), LabelTable.Decode(FileContent.ReadShared(table), table)?.Count ?? 0);
        }

        for (int i = 0; i < series.Length; i++)
        {
            WriteImage(xml, i + 1, series[i], folder);
            WriteMask(xml, i + 1, series[i][0], folder, table is null ? GenericColors : ColorTable);
        }

        foreach (string view in s_views)
        {
            WriteView(xml, view, IsSegmentation(series[0][0]));
        }

        xml.WriteEndElement();
    }

    private static void Require(SegmentedSlice[][] series)
    {
        if (series.Length == 0)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.EmptyReport, "There are no segmented slices, so there is nothing to show.");
        }

        foreach (SegmentedSlice slice in series.Select(one => one[0]))
        {
            if (slice.MaskPath is not { } mask || !VolumeFile.Is(mask))
            {
                string found = slice.MaskPath is null ? "no mask was written" : $"the mask is a {Path.GetExtension(slice.MaskPath)} file";
                throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.SceneMasks, $"{slice.MaskPath ?? slice.ImagePath}: A scene shows masks that are .seg.nrrd, .nrrd or .nii.gz volumes, but {found}.", slice.MaskPath)
                {
                    Advice = "Segment with -Format SegNrrd. For DICOM SEG and RTSTRUCT, use File > Add DICOM Data in 3D Slicer.",
                };
            }
        }
    }

    // The table that a segmentation writes next to label maps. Segments have their names and colours in their own file.
    private static string? TableOf(SegmentedSlice[][] series) => series.Select(one => one[0]).Where(slice => !IsSegmentation(slice))
        .SelectMany(slice => Parents(slice.MaskPath!)).Select(parent => Path.Combine(parent, "labels" + LabelTable.SlicerExtension)).FirstOrDefault(File.Exists);

    // Masks of series in subfolders are in subfolders of the output, and the table is above them.
    private static IEnumerable<string> Parents(string path)
    {
        for (string? parent = Path.GetDirectoryName(path); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            yield return parent;
        }
    }

    private static bool IsSegmentation(SegmentedSlice slice) => VolumeFile.IsSegmentation(slice.MaskPath!);

    private static void WriteColors(XmlWriter xml, string path, int count)
    {
        WriteNode(xml, "ColorTableStorage", "vtkMRMLColorTableStorageNode1", "labels", ("fileName", Escape(path)));
        WriteNode(xml, "ColorTable", ColorTable, "labels", ("type", Text(ColorTableOfFile)), ("numcolors", Text(count)), ("attributes", "Category:File"), ("references", "storage:vtkMRMLColorTableStorageNode1;"));
    }

    private static void WriteImage(XmlWriter xml, int number, SegmentedSlice[] slices, string folder)
    {
        string[] files = [.. slices.Select(slice => slice.ImagePath).Distinct()];
        string[] paths = Array.ConvertAll(files, file => Escape(ReviewItem.Relative(folder, file)));
        string display = $"vtkMRMLScalarVolumeDisplayNode{number}";
        string storage = $"vtkMRMLVolumeArchetypeStorageNode{(2 * number) - 1}";
        WriteNode(xml, "VolumeDisplay", display, "VolumeDisplay", ("colorNodeID", "vtkMRMLColorTableNodeGrey"), ("autoWindowLevel", "1"), ("interpolate", "1"));
        (string, string)[] members = files.Length == 1 ? [] : [.. paths.Select((path, i) => ($"fileListMember{Text(i)}", path))];
        WriteNode(xml, "VolumeArchetypeStorage", storage, "VolumeArchetypeStorage", [("fileName", paths[0]), .. members, ("centerImage", "0"), ("UseOrientationFromFile", "1")]);
        WriteNode(xml, "Volume", ScalarVolume + Text(number), slices[0].Series, ("references", $"display:{display};storage:{storage};"));
    }

    private static void WriteMask(XmlWriter xml, int number, SegmentedSlice slice, string folder, string colors)
    {
        string path = Escape(ReviewItem.Relative(folder, slice.MaskPath));
        string name = slice.Series + " mask";
        if (IsSegmentation(slice))
        {
            string shown = number == 1 ? "true" : "false";
            WriteNode(xml, "SegmentationDisplay", $"vtkMRMLSegmentationDisplayNode{number}", "SegmentationDisplay", ("visibility", shown), ("Visibility3D", "true"), ("Visibility2DFill", "true"), ("Visibility2DOutline", "true"));
            WriteNode(xml, "SegmentationStorage", $"vtkMRMLSegmentationStorageNode{number}", "SegmentationStorage", ("fileName", path));
            WriteNode(xml, "Segmentation", $"vtkMRMLSegmentationNode{number}", name,
                ("references", $"display:vtkMRMLSegmentationDisplayNode{number};storage:vtkMRMLSegmentationStorageNode{number};referenceImageGeometryRef:{ScalarVolume}{number};"));
            return;
        }

        WriteNode(xml, "LabelMapVolumeDisplay", $"vtkMRMLLabelMapVolumeDisplayNode{number}", "LabelMapVolumeDisplay", ("colorNodeID", colors));
        WriteNode(xml, "VolumeArchetypeStorage", $"vtkMRMLVolumeArchetypeStorageNode{2 * number}", "VolumeArchetypeStorage", ("fileName", path), ("centerImage", "0"), ("UseOrientationFromFile", "1"));
        WriteNode(xml, "LabelMapVolume", LabelMap + Text(number), name, ("references", $"display:vtkMRMLLabelMapVolumeDisplayNode{number};storage:vtkMRMLVolumeArchetypeStorageNode{2 * number};"));
    }

    // Which volume each of the three slice views shows at first.
    private static void WriteView(XmlWriter xml, string view, bool hasSegments)
    {
        string label = hasSegments ? string.Empty : $"labelVolume:{LabelMap}1;";
        WriteNode(xml, "SliceComposite", "vtkMRMLSliceCompositeNode" + view, "SliceComposite",
            ("singletonTag", view), ("layoutName", view), ("references", $"backgroundVolume:{ScalarVolume}1;{label}"), ("labelOpacity", "0.5"), ("linkedControl", "1"));
    }

    private static void WriteNode(XmlWriter xml, string element, string id, string name, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        xml.WriteStartElement(element);
        xml.WriteAttributeString("id", id);
        xml.WriteAttributeString("name", Printable(name));
        foreach ((string attribute, string value) in attributes)
        {
            xml.WriteAttributeString(attribute, value);
        }

        xml.WriteEndElement();
    }

    // Slicer decodes %XX in paths.
    private static string Escape(string text) => text.Replace("%", "%25", StringComparison.Ordinal);

    // XML cannot hold control characters.
    private static string Printable(string text) => string.Concat(text.Select(c => XmlConvert.IsXmlChar(c) || char.IsSurrogate(c) ? c : ' '));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
