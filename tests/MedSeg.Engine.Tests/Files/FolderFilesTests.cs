using System.Diagnostics;
using System.Text.RegularExpressions;
using MedSeg.Data.Files;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Inventory;
using MedSeg.Threading;

namespace MedSeg.Tests.Files;

/// <summary>What is found in folders with links and with files that are not regular.</summary>
public sealed class FolderFilesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Links_in_circles_end_and_each_file_is_found_once_by_its_own_path()
    {
        string[] files = [Add("a.dcm"), Add("deep/er/b.dcm")];
        Directory.CreateSymbolicLink(PathOf("0"), ".");
        Directory.CreateSymbolicLink(PathOf("1"), ".");
        Directory.CreateSymbolicLink(PathOf("deep/up"), "..");
        Directory.CreateSymbolicLink(PathOf("alias"), "deep/up/1/deep/er");

        Assert.Equal(files, Find(_root, recurse: true));
    }

    [Fact]
    public void Folder_outside_is_found_through_a_link_once()
    {
        string outside = Directory.CreateTempSubdirectory("medseg").FullName;
        try
        {
            File.WriteAllText(Path.Combine(outside, "c.dcm"), "c");
            Directory.CreateSymbolicLink(PathOf("one"), outside);
            Directory.CreateSymbolicLink(PathOf("two"), PathOf("one"));
            Directory.CreateSymbolicLink(Path.Combine(outside, "back"), _root);

            Assert.Equal(["c.dcm"], Find(_root, recurse: true).Select(Path.GetFileName));
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    [Fact]
    public void Without_recursion_only_the_folder_s_own_files_are_found()
    {
        string file = Add("a.dcm");
        Add("deep/b.dcm");
        Directory.CreateSymbolicLink(PathOf("link"), "deep");

        Assert.Equal([file], Find(_root, recurse: false));
    }

    [Fact]
    public void Pipe_is_not_opened()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes in folders.");
        using (Process make = Process.Start("mkfifo", PathOf("pipe.dcm")))
        {
            make.WaitForExit();
        }

        Assert.True(EmptyFile.Is(PathOf("pipe.dcm")));
        Assert.Empty(FileContent.Read(PathOf("pipe.dcm")));
        Assert.False(EmptyFile.Is(Add("a.dcm")));
        Assert.False(EmptyFile.Is(PathOf("none")));
    }

    [Theory]
    [InlineData(0x0040_0000)]
    [InlineData(0x0004_0000)]
    public void Files_that_are_only_in_the_cloud_are_one_error_before_any_is_read(int recall)
    {
        Add("dicoms/a.dcm");
        string[] away = [Add("dicoms/deep/b.dcm"), Add("dicoms/deep/c.dcm")];
        CloudFile.AttributesOf.Value = file => away.Contains(file.FullName) ? (FileAttributes)recall | FileAttributes.Offline : FileAttributes.Normal;
        var errors = new List<MedSegException>();

        MedSegException error = Assert.Throws<MedSegException>(() => DataFiles.FindImages(PathOf("dicoms"), recurse: true, new HashSet<string>(), cancellationToken: TestContext.Current.CancellationToken));
        IReadOnlyList<SeriesInfo> series = SeriesInventory.Find([PathOf("dicoms")], new InventoryOptions { Recurse = true }, new EngineEvents { Error = errors.Add }, TestContext.Current.CancellationToken);

        Assert.Equal("FileNotDownloaded", error.ErrorId);
        Assert.Matches($@"^{Regex.Escape(PathOf("dicoms"))}: 2 of 3 files are only in the cloud \(OneDrive, for example\), not on this computer\. The first is deep.[bc]\.dcm\.$", error.Finding);
        Assert.Contains("Always keep on this device", error.Advice, StringComparison.Ordinal);
        Assert.Empty(series);
        Assert.Equal(error.Finding, Assert.Single(errors).Finding);

        // Nothing of them is read: their names alone, as of a folder of runs.
        Assert.Equal(3, Find(PathOf("dicoms"), recurse: true).Length);
    }

    [Fact]
    public void Files_on_this_computer_are_found_whatever_else_their_attributes_say()
    {
        string file = Add("dicoms/a.dcm");
        CloudFile.AttributesOf.Value = _ => FileAttributes.Archive | FileAttributes.ReparsePoint | FileAttributes.Offline | FileAttributes.ReadOnly;

        Assert.Equal([file], FolderFiles.Enumerate(PathOf("dicoms"), recurse: true, isToRead: true, cancellationToken: TestContext.Current.CancellationToken));
    }

    private static string[] Find(string folder, bool recurse) => [.. FolderFiles.Enumerate(folder, recurse).Order(StringComparer.Ordinal)];

    private string PathOf(string name) => Path.Combine(_root, name);

    private string Add(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), name);
        return PathOf(name);
    }
}
