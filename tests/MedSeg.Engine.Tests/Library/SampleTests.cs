namespace MedSeg.Tests.Library;

/// <summary>The C# example, as it was built.</summary>
public sealed class SampleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Example_imports_trains_segments_and_scores()
    {
        string[] lines = DotnetProcess.Run("exec", DotnetProcess.Setting("SamplePath"), _folder, "1").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(1 + 2 + 4, lines.Length);
        Assert.Matches(@"^Epoch 1: loss \d", lines[0]);
        Assert.All(lines[1..3], line => Assert.Matches(@"^P05_S0\d: Left psoas \d+ mm², Right psoas", line));
        Assert.All(lines[3..], line => Assert.Matches(": Dice", line));
        Assert.Equal(2, Directory.GetFiles(Path.Combine(_folder, "masks"), "*.png").Length);
        Assert.True(File.Exists(Path.Combine(_folder, "model", "medseg.safetensors")));
    }

    [Fact]
    public void Example_is_short()
    {
        string path = Path.Combine(DotnetProcess.Setting("RepositoryRoot"), "examples", "csharp", "Program.cs");

        string[] code = [.. File.ReadAllLines(path).Select(line => line.Trim()).Where(line => line.Length > 2 && !line.StartsWith("using MedSeg", StringComparison.Ordinal) && !line.StartsWith("//", StringComparison.Ordinal))];

        Assert.InRange(code.Length, 10, 25);
    }
}
