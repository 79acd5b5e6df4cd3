namespace MedSeg.PowerShell.Tests.Shell;

/// <summary>MedSeg.Shell without a script: commands from redirected input and from a terminal.</summary>
public sealed class PromptTests : IDisposable
{
    private readonly ShellProcess _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Redirected_lines_are_run_as_a_script()
    {
        ShellResult result = _shell.RunWithInput("$n = 1\nif ($true) {\n  \"n is $n\"\n}\nexit 9\n'never'\n");

        Assert.Equal(("n is 1", 9), (result.Output.Trim(), result.Code));
    }

    [Fact]
    public void Redirected_input_that_ends_within_a_command_is_an_error()
    {
        ShellResult result = _shell.RunWithInput("if ($true) {\n");

        Assert.Contains("Missing closing '}'", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Code);
    }

    [Fact]
    public void Terminal_gets_a_prompt_that_edits_completes_and_asks()
    {
        const string ControlC = "\u0003", Up = "\u001b[A", Prompt = "> ";
        using var terminal = new ShellTerminal(_shell);
        terminal.WaitFor("PS MedSeg " + _shell.Folder + Prompt);

        terminal.Type("$a = 3\rif ($true) {\r").WaitFor(">> ");
        terminal.Type("\"a is $a\" }\r").WaitFor("\na is 3\r").WaitFor(Prompt);
        terminal.Type("$a = 99" + ControlC).WaitFor("^C").WaitFor(Prompt);
        terminal.Type("4711\b\r").WaitFor("\n471\r").WaitFor(Prompt);
        terminal.Type(Up + "\r").WaitFor("\n471\r").WaitFor(Prompt);
        terminal.Type("Get-MedSegDev\t").WaitFor("Get-MedSegDevice");
        terminal.Type(" | Out-Null; $?\r").WaitFor("\nTrue\r").WaitFor(Prompt);
        terminal.Type("'loop' + 'ing'; while ($true) { }\r").WaitFor("\nlooping\r");
        terminal.Type(ControlC).WaitFor(Prompt);
        terminal.Type("Get-Nothing\r").WaitFor("[31").WaitFor("Get-Nothing: ").WaitFor(Prompt);
        terminal.Type("New-MedSegDemoDataset made -Confirm\r").WaitFor("[N] No");
        terminal.Type("n\r").WaitFor(Prompt);
        terminal.Type("Import-MedSegDataset\r").WaitFor("Path[0]: ");
        terminal.Type("nowhere\r").WaitFor("Path[1]: ");
        terminal.Type("\r").WaitFor("there is no such folder").WaitFor(Prompt);
        terminal.Type("exit $a\r");

        Assert.Equal(3, terminal.ExitCode);
        Assert.False(Directory.Exists(Path.Combine(_shell.Folder, "made")));
    }

    [Fact]
    public void Control_D_ends_the_prompt()
    {
        using var terminal = new ShellTerminal(_shell);
        terminal.WaitFor("> ");

        terminal.Type("\u0004");

        Assert.Equal(0, terminal.ExitCode);
    }

    [Fact]
    public void Control_C_stops_a_script()
    {
        using var terminal = new ShellTerminal(_shell, _shell.Script("'started'; Start-Sleep 600"));
        terminal.WaitFor("started");

        terminal.Type("\u0003");

        Assert.Equal(130, terminal.ExitCode);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("1", false)]
    public void Colours_are_shown_unless_NO_COLOR_is_set(string noColor, bool colored)
    {
        _shell.Environment["NO_COLOR"] = noColor;
        using var terminal = new ShellTerminal(_shell, "-Command", "Write-Host red -ForegroundColor Red; Write-Error bad");

        Assert.Equal(1, terminal.ExitCode);
        terminal.WaitFor("red").WaitFor("bad");
        Assert.Equal(colored, terminal.Output.Contains("\u001b[91mred\u001b[0m\r\n", StringComparison.Ordinal));
        Assert.Equal(colored, terminal.Output.Contains("\u001b[31", StringComparison.Ordinal));
    }

    [Fact]
    public void Progress_stands_below_the_output_and_is_taken_away()
    {
        string script = _shell.Script("""
            Write-Progress Training 'epoch 1' -Id 1 -PercentComplete 40
            Write-Progress Epoch 'step 2' -Id 2 -ParentId 1 -PercentComplete 50
            'a row'
            Write-Host 'half ' -NoNewline
            Write-Progress Training 'epoch 2' -Id 1 -PercentComplete 80
            Write-Host 'line'
            """);

        using var terminal = new ShellTerminal(_shell, script);

        const string Bar = " 40 % Training: epoch 1 · Epoch: step 2 50 %\u001b[K";
        Assert.Equal(0, terminal.ExitCode);
        terminal.WaitFor($"{Bar}\r\u001b[Ka row\r\n").WaitFor(Bar);
        terminal.WaitFor("\r\u001b[Khalf line\r\n").WaitFor(" 80 % Training: epoch 2");
        Assert.EndsWith("\r\u001b[K", terminal.Output, StringComparison.Ordinal);
        Assert.All(terminal.Output.Split('\r', '\n'), state => Assert.True(state.Replace("\u001b[K", string.Empty, StringComparison.Ordinal).Length < ShellTerminal.Columns));
    }
}
