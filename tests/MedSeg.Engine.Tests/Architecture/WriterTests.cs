using System.Text.RegularExpressions;

namespace MedSeg.Tests.Architecture;

/// <summary>Files are written through the atomic file layer, so that no half-written file has a final name. The exceptions are listed with their reasons.</summary>
public sealed partial class WriterTests
{
    // Each place, by its file, and why it does not have to be, or is, atomic.
    private static readonly Dictionary<string, string> s_writers = new(StringComparer.Ordinal)
    {
        ["MedSeg.Engine/Files/AtomicFile.cs"] = "the layer itself",
        ["MedSeg.Engine/Files/PartialFile.cs"] = "the layer itself",
        ["MedSeg.Engine/Files/PendingFile.cs"] = "the layer itself, for files that are written in several steps",
        ["MedSeg.Engine/Data/Caching/CacheFileWriter.cs"] = "written under a partial name and renamed; several threads write to it, and it is read meanwhile",
        ["MedSeg.Engine/Data/Caching/CacheDamage.cs"] = "an empty file",
        ["MedSeg.Engine/Data/Samples/PatientSalt.cs"] = "written under a partial name and renamed; only the user may read it",
        ["MedSeg.Engine/Inference/Output/MaskVoxels.cs"] = "voxels that do not fit into memory; deleted when it is closed",
        ["MedSeg.Engine/Inference/Output/OutputClaim.cs"] = "a lock file without content",
        ["MedSeg.Engine/Training/CheckpointStore.cs"] = "renames whole checkpoints",
        ["MedSeg.Engine/Training/RunLog.cs"] = "a line is appended; one that a crash cuts short is removed when the run resumes",
        ["MedSeg.Engine/Training/Runs/RunLock.cs"] = "a lock file without content",
        ["MedSeg.Engine/Training/Runs/TensorBoardEvents.cs"] = "a record is appended; TensorBoard ignores one that is cut short",
    };

    [Fact]
    public void Only_the_listed_places_open_files_for_writing()
    {
        string[] found = [.. Sources().Where(path => OpensForWriting().IsMatch(File.ReadAllText(path))).Select(Relative).Order(StringComparer.Ordinal)];

        Assert.Equal(s_writers.Keys.Order(StringComparer.Ordinal), found);
    }

    [Theory]
    [InlineData("File.WriteAllText(path, text);")]
    [InlineData("using FileStream stream = File.Create(path);")]
    [InlineData("new FileStream(path, FileMode.OpenOrCreate)")]
    [InlineData("File.Open(path, FileMode.Open, FileAccess.ReadWrite)")]
    [InlineData("new StreamWriter(path)")]
    [InlineData("new FileInfo(path).CopyTo(other)")]
    [InlineData("File.Copy(a, b)")]
    public void Writers_are_recognized(string code) => Assert.Matches(OpensForWriting(), code);

    [Theory]
    [InlineData("File.ReadAllText(path)")]
    [InlineData("new FileStream(path, FileMode.Open, FileAccess.Read)")]
    [InlineData("new StreamWriter(stream, s_utf8)")]
    public void Readers_are_not(string code) => Assert.DoesNotMatch(OpensForWriting(), code);

    [GeneratedRegex(@"FileMode\.(Create|CreateNew|OpenOrCreate|Append|Truncate)\b|FileAccess\.(Write|ReadWrite)\b|\bFile\.(WriteAll|AppendAll|AppendText|Create|CreateText|OpenWrite|Move|Copy|Replace)\w*\(|new StreamWriter\((?!stream|html)|\)\.(CopyTo|MoveTo|OpenWrite|Create|CreateText|AppendText)\((?=\w*\))(?<=new FileInfo\(\w*\)\.\w+\()", RegexOptions.CultureInvariant)]
    private static partial Regex OpensForWriting();

    private static IEnumerable<string> Sources() => ((string[])["MedSeg.Engine", "MedSeg.PowerShell"])
        .SelectMany(project => Directory.EnumerateFiles(Path.Combine(TestPaths.RepositoryRoot, project), "*.cs", SearchOption.AllDirectories))
        .Where(path => !Relative(path).Contains("/obj/", StringComparison.Ordinal) && !Relative(path).Contains("/bin/", StringComparison.Ordinal));

    private static string Relative(string path) => Path.GetRelativePath(TestPaths.RepositoryRoot, path).Replace('\\', '/');
}
