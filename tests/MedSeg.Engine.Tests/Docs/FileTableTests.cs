using System.Text.RegularExpressions;

namespace MedSeg.Tests.Docs;

/// <summary>The tests that docs/files.md names exist.</summary>
public sealed partial class FileTableTests
{
    [Fact]
    public void Every_row_names_a_test()
    {
        string[] rows = [.. File.ReadLines(Path.Combine(TestPaths.RepositoryRoot, "docs", "files.md")).Where(line => line.StartsWith('|') && !line.StartsWith("|-", StringComparison.Ordinal) && !line.EndsWith("| test |", StringComparison.Ordinal))];
        Type[] classes = typeof(FileTableTests).Assembly.GetTypes();

        Assert.NotEmpty(rows);
        Assert.All(rows, row =>
        {
            Match test = TestName().Match(row);
            Assert.True(test.Success, row);
            Assert.Contains(classes.Where(type => type.Name == test.Groups[1].Value), type => type.GetMethod(test.Groups[2].Value) is not null);
        });
    }

    [GeneratedRegex(@"\| `(\w+)\.(\w+)` \|$")]
    private static partial Regex TestName();
}
