using System.Xml.Linq;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Inference;
using MedSeg.Inference.Output;
using MedSeg.Reports;
using MedSeg.Tests.Inference;

namespace MedSeg.Tests.Reports;

/// <summary>The scene of 3D Slicer names the files of a run and connects its nodes as Slicer's own scenes do.</summary>
public sealed class SlicerSceneTests : IDisposable
{
    private readonly ScanFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(MaskFormat.SegNrrd)]
    [InlineData(MaskFormat.Nifti)]
    [InlineData(MaskFormat.Nrrd)]
    public void Each_series_has_its_images_and_its_masks(MaskFormat format)
    {
        AddSeries("a 100%", 3);
        AddSeries("b", 2);

        XElement scene = Write(_folder.Run(_folder.Masks with { Format = format }), "deeper");

        // Every name is a file, relative to the scene, in the order of the slices.
        string[] files = [.. scene.Elements().Attributes().Where(a => a.Name.LocalName.StartsWith("fileName", StringComparison.Ordinal) || a.Name.LocalName.StartsWith("fileListMember", StringComparison.Ordinal)).Select(a => Path.GetFullPath(Path.Combine(_folder.PathOf("deeper"), Uri.UnescapeDataString(a.Value))))];
        Assert.All(files, file => Assert.True(File.Exists(file), file));
        Assert.Equal(["a 100%1", "a 100%2", "a 100%3", "b1", "b2"], scene.Elements("VolumeArchetypeStorage").Attributes().Where(a => a.Name.LocalName.StartsWith("fileListMember", StringComparison.Ordinal)).Select(a => Path.GetFileNameWithoutExtension(Uri.UnescapeDataString(a.Value))));
        Assert.Equal(2, scene.Elements(format == MaskFormat.SegNrrd ? "Segmentation" : "LabelMapVolume").Count());
        Assert.Equal(format != MaskFormat.SegNrrd, files.Contains(_folder.PathOf("masks", "labels.ctbl")));
    }

    [Theory]
    [InlineData(MaskFormat.SegNrrd)]
    [InlineData(MaskFormat.Nifti)]
    public void Nodes_refer_to_nodes_of_the_scene(MaskFormat format)
    {
        AddSeries("a", 3);

        XElement scene = Write(_folder.Run(_folder.Masks with { Format = format }));

        string[] ids = [.. scene.Elements().Select(node => node.Attribute("id")!.Value)];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        string[] named = [.. scene.Elements().Attributes("references").SelectMany(a => a.Value.Split(';', StringSplitOptions.RemoveEmptyEntries)).Select(reference => reference.Split(':')[1])];
        Assert.True(named.Length >= 7);
        Assert.Subset(ids.ToHashSet(), named.ToHashSet());
        if (format == MaskFormat.Nifti)
        {
            Assert.Contains(Assert.Single(scene.Elements("LabelMapVolumeDisplay")).Attribute("colorNodeID")!.Value, ids);
            Assert.Equal("3", Assert.Single(scene.Elements("ColorTable")).Attribute("numcolors")!.Value);
        }
    }

    [Theory]
    [InlineData(MaskFormat.Png)]
    [InlineData(MaskFormat.DicomSeg)]
    public void Masks_that_Slicer_does_not_load_from_a_scene_are_refused(MaskFormat format)
    {
        AddSeries("a", 2);

        MedSegException error = Assert.Throws<MedSegException>(() => Write(_folder.Run(_folder.Masks with { Format = format })));

        Assert.Equal(ErrorIds.SceneMasks, error.ErrorId);
    }

    [Fact]
    public void Images_without_a_position_are_told()
    {
        AddSeries("a", 2);
        var warnings = new List<string>();
        SegmentedSlice[] slices = [.. _folder.Run(_folder.Masks with { Format = MaskFormat.SegNrrd }).Select(slice => slice with { Location = null })];

        SlicerScene.Write(Stream.Null, slices, _folder.Root, new() { Warning = warnings.Add });

        Assert.Contains("does not state where its slices are", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Equal(ErrorIds.EmptyReport, Assert.Throws<MedSegException>(() => SlicerScene.Write(Stream.Null, [], _folder.Root)).ErrorId);
    }

    private void AddSeries(string name, int slices)
    {
        string series = DicomUid.Create();
        for (int number = 1; number <= slices; number++)
        {
            _folder.Add(name + number, number, seriesUid: series);
        }
    }

    private XElement Write(IReadOnlyList<SegmentedSlice> slices, string folder = "")
    {
        using var stream = new MemoryStream();
        SlicerScene.Write(stream, slices, _folder.PathOf(folder));
        stream.Position = 0;
        return XElement.Load(stream);
    }
}
