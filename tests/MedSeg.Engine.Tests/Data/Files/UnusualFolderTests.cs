using System.Diagnostics;
using MedSeg.Data;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Inference;
using MedSeg.Inference.Backends;
using MedSeg.Tests.Data.Caching;
using MedSeg.Tests.Inference;
using MedSeg.Tests.Inference.Backends;
using MedSeg.Threading;

namespace MedSeg.Tests.Data.Files;

/// <summary>Pipes and links in circles in the folders of images and masks.</summary>
public sealed class UnusualFolderTests
{
    [Fact]
    public async Task Import_does_not_wait_for_pipes_and_visits_each_folder_once()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes in folders.");
        using var set = new SmallSet(pairs: 2);
        MakePipe(set.ImagePath("pipe"));
        MakePipe(Path.Combine(set.Root, "dicoms", "notes.txt"));
        MakePipe(set.MaskPath("s00")[..^4] + "b.npy");
        Directory.CreateSymbolicLink(Path.Combine(set.Root, "dicoms", "again"), ".");
        Directory.CreateSymbolicLink(Path.Combine(set.Root, "labels", "again"), ".");

        Dataset dataset = await Task.Run(() => set.Import(set.Options(DatasetCache.Disk) with { Recurse = true }), TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);

        Assert.Equal(["pipe", "s00", "s00b", "s01"], dataset.Samples.Select(sample => sample.Name).Order(StringComparer.Ordinal));
        Assert.Equal(["s00", "s01"], dataset.Samples.Where(sample => sample.IsUsable).Select(sample => sample.Name).Order(StringComparer.Ordinal));
        Assert.EndsWith("notes.txt", Assert.Single(dataset.PassedOver), StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_without_images_whose_links_go_in_circles_is_explained_by_its_files()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights on Windows.");
        using var folder = new ScanFolder();
        string images = Directory.CreateDirectory(folder.Scans).FullName;
        File.WriteAllText(Path.Combine(images, "notes.txt"), "no image");
        Directory.CreateSymbolicLink(Path.Combine(images, "0"), ".");
        Directory.CreateSymbolicLink(Path.Combine(images, "1"), ".");

        var error = Assert.Throws<MedSegException>(() => DataFiles.FindImages(images, recurse: true, new HashSet<string>(), cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal("FolderEmpty", error.ErrorId);
        Assert.Contains("The folder contains 1 file, but no images", error.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pipe_is_described_as_what_it_is()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes in folders.");
        using var folder = new ScanFolder();
        folder.Add("a", 1);
        MakePipe(Path.Combine(folder.Scans, "b.dcm"));

        MedSegException error = await Assert.ThrowsAnyAsync<MedSegException>(() => Task.Run(() => ImageInspector.Describe(Path.Combine(folder.Scans, "b.dcm"), hash: true)).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));

        Assert.Contains("empty or not a regular file", error.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Segmentation_of_a_folder_with_a_link_to_itself_segments_each_slice_once()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights on Windows.");
        using var folder = new ScanFolder();
        folder.Add("a", 1);
        folder.Add("b", 2);
        MakePipe(Path.Combine(folder.Scans, "pipe"));
        Directory.CreateSymbolicLink(Path.Combine(folder.Scans, "0"), ".");
        Directory.CreateSymbolicLink(Path.Combine(folder.Scans, "1"), ".");
        var errors = new List<string>();

        using var segmenter = new Segmenter(new ModelEnsemble([ScanFolder.Model]), ScanFolder.Options, () => new BrightnessBackend(ScanFolder.Size));
        SegmentedSlice[] slices = [.. segmenter.Run([folder.Scans], folder.Masks, recurse: true, new EngineEvents { Error = e => errors.Add(e.Finding) }, TestContext.Current.CancellationToken)];

        Assert.Equal(["a", "b"], slices.Select(slice => slice.Name));
        Assert.Contains("not a regular file", Assert.Single(errors), StringComparison.Ordinal);
    }

    private static void MakePipe(string path)
    {
        using Process make = Process.Start("mkfifo", path);
        make.WaitForExit();
    }
}
