using System.Reflection;
using System.Text.RegularExpressions;
using MedSeg.Errors;

namespace MedSeg.Tests.Errors;

/// <summary>Checks that code and documentation know the same error ids.</summary>
public sealed partial class ErrorIdTests
{
    private static readonly FieldInfo[] s_constants = typeof(ErrorIds).GetFields(BindingFlags.Public | BindingFlags.Static);
    private static readonly string[] s_ids = [.. s_constants.Select(field => field.Name)];

    [Fact]
    public void Values_are_the_names() =>
        Assert.All(s_constants, field => Assert.Equal(field.Name, field.GetRawConstantValue()));

    [Fact]
    public void Each_id_has_one_row_in_the_documentation()
    {
        string page = File.ReadAllText(Path.Combine(TestPaths.RepositoryRoot, "docs", "errors.md"));
        string[] rows = [.. Table().Matches(page).SelectMany(table => table.Groups["id"].Captures).Select(id => id.Value)];

        Assert.NotEmpty(rows);
        Assert.Equal(s_ids.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Sources_use_no_other_id()
    {
        (string File, string Id)[] used =
        [
            .. from folder in (string[])["MedSeg.Engine", "MedSeg.PowerShell"]
               from path in SourcesIn(Path.Combine(TestPaths.RepositoryRoot, folder))
               from id in IdsIn(File.ReadAllText(path))
               select (Path.GetRelativePath(TestPaths.RepositoryRoot, path), id),
        ];

        Assert.NotEmpty(s_ids);
        Assert.Empty(used.Where(use => !s_ids.Contains(use.Id)).Select(use => $"{use.File}: {use.Id} is not in ErrorIds"));
    }

    [Theory]
    [InlineData("throw new MedSegException(ErrorKind.NotFound, \"Mistyped\", $\"{path}: not found.\")")]
    [InlineData("throw new MedSegException(\n    ErrorKind.NotFound,\n    \"Mistyped\",\n    \"Not found.\")")]
    [InlineData("throw new FileFormatException(\n    \"Mistyped\", path, \"Damaged.\")")]
    [InlineData("new LabelProblem(\"Mistyped\", LabelSeverity.Error, \"Wrong.\", 0)")]
    [InlineData("private static FileFormatException Damaged(string path) => new(\"Mistyped\", path, \"Damaged.\");")]
    [InlineData("new(ErrorKind.InvalidData, \"Mistyped\", \"Damaged.\")")]
    [InlineData("throw source.Error(\"Mistyped\", \"Damaged.\")")]
    [InlineData("slice.Add(\"Mistyped\", LabelSeverity.Warning, \"Odd.\")")]
    public void Ids_are_found_in_sources(string source) =>
        Assert.Equal("Mistyped", Assert.Single(IdsIn(source)));

    private static IEnumerable<string> SourcesIn(string folder) =>
        Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(path => !Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));

    private static IEnumerable<string> IdsIn(string source) => Use().Matches(source).Select(match => match.Groups["id"].Value);

    [GeneratedRegex(@"^\| id \| what happened \| what to do \|\r?\n\|---\|---\|---\|\r?\n(?:\| `(?<id>\w+)` \| [^|\n]+ \| [^|\n]+ \|\r?\n)+", RegexOptions.Multiline)]
    private static partial Regex Table();

    // A literal where an id belongs; the compiler checks the constants.
    [GeneratedRegex(
        @"(?:ErrorKind\.\w+,\s*|(?:FileFormatException|LabelProblem|\.Error|[sS]lice\.Add)\(\s*|\bnew\(\s*(?=""\w+"",\s*_?[pP]ath\b))""(?<id>[A-Z]\w+)""")]
    private static partial Regex Use();
}
