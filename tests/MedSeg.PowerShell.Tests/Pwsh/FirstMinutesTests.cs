using System.Text.RegularExpressions;

namespace MedSeg.PowerShell.Tests.Pwsh;

/// <summary>
/// docs/first-five-minutes.md: what a person types and sees. What the lines show in the real pwsh must be what the page says, except for numbers. With the
/// environment variable MEDSEG_WRITE_TRANSCRIPT, the page is written instead.
/// </summary>
public sealed partial class FirstMinutesTests : IDisposable
{
    private const string Prompt = "PS ~/study> ";
    private readonly PwshProcess _pwsh = new();

    public void Dispose() => _pwsh.Dispose();

    [Fact]
    public void Page_shows_what_its_lines_show()
    {
        string page = Path.Combine(PwshProcess.RepositoryRoot, "docs", "first-five-minutes.md");
        string text = File.ReadAllText(page).ReplaceLineEndings("\n");
        string block = Block().Match(text).Groups[1].Value;
        string[] lines = [.. block.Split('\n').Where(line => line.StartsWith(Prompt, StringComparison.Ordinal)).Select(line => line[Prompt.Length..])];
        Assert.True(lines.Length > 10);

        string session = Type(lines);

        if (Environment.GetEnvironmentVariable("MEDSEG_WRITE_TRANSCRIPT") is { Length: > 0 })
        {
            File.WriteAllText(page, text.Replace(block, session, StringComparison.Ordinal));
        }

        Assert.Equal(WithoutNumbers(block), WithoutNumbers(session));
    }

    // As at a prompt of 80 columns: each line on its own, and what it writes as PowerShell formats it.
    private string Type(string[] lines)
    {
        _pwsh.Script(string.Join('\n', lines), "lines.txt");
        PwshResult result = _pwsh.Run(_pwsh.Script($$"""
            $ProgressPreference = 'SilentlyContinue'
            foreach ($line in Get-Content lines.txt) {
                "{{Prompt}}$line"
                . ([scriptblock]::Create($line)) 2>&1 | Out-String -Width 80
            }
            """));
        Assert.True(result.Code == 0 && result.Error.Length == 0, result.Output + result.Error);
        string text = result.Output.ReplaceLineEndings("\n").Replace(_pwsh.Folder, "/home/anna/study", StringComparison.Ordinal);
        return Empty().Replace(TrailingBlanks().Replace(text, string.Empty), "\n").Replace("\n" + Prompt, "\n\n" + Prompt, StringComparison.Ordinal);
    }

    // Paths are cut off where the folder's name is long.
    private static string[] WithoutNumbers(string text) =>
    [
        .. text.Split('\n').Select(line => Blanks().Replace(Numbers().Replace(CutPath().Replace(line, "/path"), "0"), " ").Trim())
            .Where(line => !Rule().IsMatch(line) && line.Length > 0),
    ];

    [GeneratedRegex("```text\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("[ \t]+$", RegexOptions.Multiline)]
    private static partial Regex TrailingBlanks();

    [GeneratedRegex("\n{2,}")]
    private static partial Regex Empty();

    [GeneratedRegex(@"/\S*(…|/study/data)$")]
    private static partial Regex CutPath();

    [GeneratedRegex("[0-9]+([.,:/–-]+[0-9]+)*")]
    private static partial Regex Numbers();

    [GeneratedRegex(" +")]
    private static partial Regex Blanks();

    [GeneratedRegex("^[- ]+$")]
    private static partial Regex Rule();
}
