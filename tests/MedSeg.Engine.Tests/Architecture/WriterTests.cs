using System.Text.RegularExpressions;

namespace MedSeg.Tests.Architecture;

/// <summary>
/// Files are changed through the atomic file layer, so that no half-written file has a final name, and so that files which others hold, and
/// network shares that are away, are tried again. Files are read so that nobody else is kept from writing them.
/// </summary>
public sealed partial class WriterTests
{
    // Each place that opens a file for writing through the layer but does not write a whole one, and why.
    private static readonly Dictionary<string, string> s_writers = new(StringComparer.Ordinal)
    {
        ["MedSeg.Engine/Files/AtomicFile.cs"] = "the layer itself",
        ["MedSeg.Engine/Files/PendingFile.cs"] = "the layer itself, for files that are written in several steps",
        ["MedSeg.Engine/Data/Caching/CacheFileWriter.cs"] = "written under a partial name and renamed; several threads write to it, and it is read meanwhile",
        ["MedSeg.Engine/Inference/Output/MaskVoxels.cs"] = "voxels that do not fit into memory; deleted when it is closed",
        ["MedSeg.Engine/Inference/Output/OutputClaim.cs"] = "a lock file without content",
        ["MedSeg.Engine/Volumes/ExpandedVoxels.cs"] = "decompressed voxels that do not fit into memory; deleted when it is closed",
        ["MedSeg.Engine/Natives/NativePackage.cs"] = "written in a folder that has its name only when it is complete",
        ["MedSeg.Engine/Training/RunLog.cs"] = "lines are appended; one that a crash cuts short is removed when the run resumes",
        ["MedSeg.Engine/Training/Runs/RunLock.cs"] = "a lock file without content",
        ["MedSeg.Engine/Training/Runs/TensorBoardEvents.cs"] = "a record is appended; TensorBoard ignores one that is cut short",
    };

    // The system's own files, which nobody writes, and an assembly that cannot see the layer.
    private static readonly string[] s_readers =
        ["MedSeg.Engine/Devices/CpuName.cs", "MedSeg.Engine/Devices/LinuxMemory.cs", "MedSeg.Engine/Files/FileChanges.cs", "MedSeg.Engine/Files/FileContent.cs", "MedSeg.PowerShell/Options/OptionsFile.cs"];

    [Fact]
    public void One_class_changes_files()
    {
        string[] found = [.. Sources().Where(path => ChangesFiles().IsMatch(Outside(File.ReadAllText(path)))).Select(Relative).Order(StringComparer.Ordinal)];

        Assert.Equal(["MedSeg.Engine/Files/FileChanges.cs"], found);
    }

    [Fact]
    public void Only_the_listed_places_open_files_for_writing()
    {
        string[] found = [.. Sources().Where(path => OpensForWriting().IsMatch(File.ReadAllText(path))).Select(Relative).Order(StringComparer.Ordinal)];

        Assert.Equal(s_writers.Keys.Order(StringComparer.Ordinal), found);
    }

    [Fact]
    public void Files_are_read_without_keeping_others_from_writing()
    {
        string[] found = [.. Sources().Where(path => ReadsAlone().IsMatch(File.ReadAllText(path))).Select(Relative).Order(StringComparer.Ordinal).Except(s_readers)];

        Assert.Empty(found);
    }

    [Theory]
    [InlineData("File.WriteAllText(path, text);")]
    [InlineData("using FileStream stream = File.Create(path);")]
    [InlineData("new FileStream(path, FileMode.OpenOrCreate)")]
    [InlineData("File.Open(path, FileMode.Open, FileAccess.ReadWrite)")]
    [InlineData("new StreamWriter(path)")]
    [InlineData("new FileInfo(path).CopyTo(other)")]
    [InlineData("File.Copy(a, b)")]
    [InlineData("File.Move(a, b)")]
    [InlineData("File.Delete(a)")]
    [InlineData("list.ForEach(File.Delete);")]
    [InlineData("Directory.CreateDirectory(a)")]
    [InlineData("Directory.Delete(a, true)")]
    [InlineData("file.Delete();")]
    [InlineData("File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite)")]
    [InlineData("File.SetAttributes(path, 0)")]
    public void Changes_are_recognized(string code) => Assert.Matches(ChangesFiles(), Outside(code));

    [Theory]
    [InlineData("File.ReadAllText(path)")]
    [InlineData("new FileStream(path, FileMode.Open, FileAccess.Read)")]
    [InlineData("new StreamWriter(stream, s_utf8)")]
    [InlineData("FileChanges.Open(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);")]
    public void Others_are_not(string code) => Assert.DoesNotMatch(ChangesFiles(), Outside(code));

    [Theory]
    [InlineData("File.OpenRead(path)")]
    [InlineData("File.OpenHandle(path)")]
    [InlineData("File.ReadAllBytes(path)")]
    [InlineData("new StreamReader(path)")]
    [InlineData("new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read)")]
    public void Readers_that_share_less_are_recognized(string code) => Assert.Matches(ReadsAlone(), code);

    [GeneratedRegex(
        @"FileMode\.(Create|CreateNew|OpenOrCreate|Append|Truncate)\b|FileAccess\.(Write|ReadWrite)\b"
        + @"|\bFile\.((WriteAll|AppendAll|Set|Create)\w*|AppendText|OpenWrite|Move|Copy|Replace|Delete)\b"
        + @"|\bDirectory\.((Set|Create)\w*|Delete|Move)\b"
        + @"|new StreamWriter\((?!stream|html)|\.Delete\(\)"
        + @"|\)\.(CopyTo|MoveTo|OpenWrite|Create|CreateText|AppendText)\((?=\w*\))(?<=new FileInfo\(\w*\)\.\w+\()",
        RegexOptions.CultureInvariant)]
    private static partial Regex ChangesFiles();

    [GeneratedRegex(@"FileChanges\.(Open|OpenOnce|OpenLock|CreateHandle)\(", RegexOptions.CultureInvariant)]
    private static partial Regex OpensForWriting();

    [GeneratedRegex(@"\bFile\.(OpenRead|OpenText|OpenHandle|ReadAll\w*|ReadLines\w*)\((?!\w+, FileMode\.Create)|new StreamReader\((?!stream|FileContent)|FileAccess\.Read, FileShare\.(Read|Write)\b", RegexOptions.CultureInvariant)]
    private static partial Regex ReadsAlone();

    // Calls of the layer, and comments.
    [GeneratedRegex(@"FileChanges\.Open\w*\([^;]*;|//.*", RegexOptions.CultureInvariant)]
    private static partial Regex LayerCall();

    private static string Outside(string code) => LayerCall().Replace(code, string.Empty);

    private static IEnumerable<string> Sources() => ((string[])["MedSeg.Engine", "MedSeg.PowerShell"])
        .SelectMany(project => Directory.EnumerateFiles(Path.Combine(TestPaths.RepositoryRoot, project), "*.cs", SearchOption.AllDirectories))
        .Where(path => !Relative(path).Contains("/obj/", StringComparison.Ordinal) && !Relative(path).Contains("/bin/", StringComparison.Ordinal));

    private static string Relative(string path) => Path.GetRelativePath(TestPaths.RepositoryRoot, path).Replace('\\', '/');
}
