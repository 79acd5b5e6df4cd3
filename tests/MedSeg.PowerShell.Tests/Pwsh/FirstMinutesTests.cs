using System.Text;
using System.Text.RegularExpressions;

namespace MedSeg.PowerShell.Tests.Pwsh;

/// <summary>
/// docs/first-five-minutes.md: what a person types and sees. The lines are typed at a real prompt on a terminal, and what is
/// written there must be what the page says, except for numbers. With the environment variable MEDSEG_WRITE_TRANSCRIPT, the page is written.
/// </summary>
public sealed partial class FirstMinutesTests : IDisposable
{
    private const string Prompt = "PS ~/study> ";
    private readonly PwshProcess _pwsh = new();

    public FirstMinutesTests()
    {
        // What the page shows must not depend on who runs the tests, and on what was typed before.
        _pwsh.Environment["HOME"] = _pwsh.Folder;
        _pwsh.Environment["XDG_DATA_HOME"] = Path.Combine(_pwsh.Folder, ".data");
        _pwsh.Environment["OMP_WAIT_POLICY"] = "passive";
    }

    public void Dispose() => _pwsh.Dispose();

    [Fact]
    public void Page_shows_what_a_person_sees_who_types_its_lines()
    {
        string page = Path.Combine(PwshProcess.RepositoryRoot, "docs", "first-five-minutes.md");
        string text = File.ReadAllText(page).ReplaceLineEndings("\n");
        string[] blocks = [.. Blocks().Matches(text).Select(match => match.Groups[1].Value)];
        Assert.Equal(2, blocks.Length);
        string quickstart = Quickstart(blocks[0].Split('\n')[0]);
        string session = Session([.. blocks[1].Split('\n').Where(line => line.StartsWith(Prompt, StringComparison.Ordinal)).Select(line => line[Prompt.Length..])]);

        if (Environment.GetEnvironmentVariable("MEDSEG_WRITE_TRANSCRIPT") is { Length: > 0 })
        {
            File.WriteAllText(page, text.Replace(blocks[0], quickstart, StringComparison.Ordinal).Replace(blocks[1], session, StringComparison.Ordinal));
        }

        Assert.Equal(WithoutNumbers(blocks[0]), WithoutNumbers(quickstart));
        Assert.Equal(WithoutNumbers(blocks[1]), WithoutNumbers(session));
    }

    private string Quickstart(string typed)
    {
        Assert.Equal("$ dotnet run --project MedSeg.PowerShell -- examples/Quickstart.ps1", typed);
        PwshResult result = _pwsh.RunProgram(string.Empty, [.. RunTests.CommandLine, Path.Combine(PwshProcess.RepositoryRoot, "examples", "Quickstart.ps1")]);
        Assert.True(result.Code == 0 && result.Error.Length == 0, result.Output + result.Error);
        return typed + "\n" + Tidy(result.Output);
    }

    private string Session(string[] lines)
    {
        using var terminal = new PwshTerminal(_pwsh);
        string prompt = $"PS {_pwsh.Folder}> ";
        terminal.WaitFor(prompt);

        // The line editor and the progress bar draw over what they have written, which a page cannot show.
        terminal.Type("Remove-Module PSReadLine; $ProgressPreference = 'SilentlyContinue'; stty cols 100\r").WaitFor(prompt);
        var session = new StringBuilder();
        foreach (string line in lines)
        {
            int before = terminal.Output.Length;
            terminal.Type(line + "\r").WaitFor(prompt);
            string written = terminal.Output[before..];
            int start = written.IndexOf('\n', StringComparison.Ordinal) + 1;
            string output = Escapes().Replace(written[start..written.IndexOf(prompt, start, StringComparison.Ordinal)], string.Empty);
            session.Append(Prompt).Append(line).Append('\n').Append(Tidy(output).TrimStart('\n'));
        }

        terminal.Type("exit\r");
        Assert.Equal(0, terminal.ExitCode);
        return session.ToString();
    }

    // Of the machine, the page shows no folder, user or trailing blanks.
    private string Tidy(string text)
    {
        text = text.ReplaceLineEndings("\n").Replace(_pwsh.Folder, "~/study", StringComparison.Ordinal);
        text = Owner().Replace(text, "$1 lab  lab  ");
        text = TrailingBlanks().Replace(text, string.Empty).Trim('\n');
        return text.Length == 0 ? text : text + "\n";
    }

    private static string[] WithoutNumbers(string text) =>
        [.. text.Split('\n').Select(line => Blanks().Replace(Numbers().Replace(line, "0"), " ").Replace("- ", " ", StringComparison.Ordinal).Trim()).Where(line => !Rule().IsMatch(line) && line.Length > 0)];

    [GeneratedRegex("```text\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"\x1b(\[[0-9;?]*[A-Za-z]|\][^\a]*\a|[=>])|\r")]
    private static partial Regex Escapes();

    [GeneratedRegex(@"^([-d][-rwx]{9}) +\S+ +\S+ ", RegexOptions.Multiline)]
    private static partial Regex Owner();

    [GeneratedRegex("[ \t]+$", RegexOptions.Multiline)]
    private static partial Regex TrailingBlanks();

    [GeneratedRegex("[0-9]+([.,:/–-]+[0-9]+)*")]
    private static partial Regex Numbers();

    [GeneratedRegex(" +")]
    private static partial Regex Blanks();

    [GeneratedRegex("^[- ]+$")]
    private static partial Regex Rule();
}
