namespace MedSeg.PowerShell.Tests.Pwsh;

/// <summary>The README's command, 'dotnet run --project MedSeg.PowerShell', called from another folder.</summary>
public sealed class RunTests : IDisposable
{
    private readonly PwshProcess _pwsh = new();

    public RunTests()
    {
        // 'dotnet test' leaves settings of its own MSBuild in the environment.
        foreach (string name in System.Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)))
        {
            _pwsh.Environment[name] = string.Empty;
        }

        // Where it is set already, as in a pwsh that starts another, the module is found all the same.
        _pwsh.ModulePath = Path.Combine(_pwsh.Folder, "Modules", "Other");

        // What is typed here is not to be suggested at the prompts of whoever runs the tests.
        _pwsh.Environment["XDG_DATA_HOME"] = _pwsh.Folder;
    }

    /// <summary>Gets the words of the command; a script and its arguments follow them.</summary>
    internal static IReadOnlyList<string> CommandLine { get; } =
        ["dotnet", "run", "--no-build", "--configuration", ModuleSession.Setting("Configuration"), "--project", Path.Combine(PwshProcess.RepositoryRoot, "MedSeg.PowerShell"), "--"];

    public void Dispose() => _pwsh.Dispose();

    [Fact]
    public void Script_gets_its_arguments_and_gives_its_exit_code()
    {
        _pwsh.Script(
            "#requires -Modules MedSeg\nparam([string] $Name, [switch] $Flag, [int] $Number) \"[$Name] [$Flag] [$Number] [$args]\"; (Get-Module -Name MedSeg).Name; exit 7",
            "my [1] scripts/run.ps1");

        PwshResult result = Run("my [1] scripts/run.ps1", "-Name", "left \"psoas\"", "-Number", "-5", "-Flag", "more of it", "");

        Assert.Equal("[left \"psoas\"] [True] [-5] [more of it ]\nMedSeg\n", result.Output.ReplaceLineEndings("\n"));
        Assert.Equal((7, string.Empty), (result.Code, result.Error));
    }

    [Fact]
    public void Session_is_that_of_pwsh_with_MedSeg()
    {
        const string dump = "Get-Command -CommandType Cmdlet, Function, Alias | Where-Object Source -ne MedSeg | ForEach-Object { \"$($_.Source) $($_.Name)\" }; $ExecutionContext.SessionState.LanguageMode";

        string[] own = Lines(Run("-Command", $"Remove-Module PSReadLine; {dump}"));
        string[] plain = Lines(_pwsh.Run("-Command", dump));

        Assert.True(plain.Length > 300, string.Join('\n', plain));
        Assert.Equal(plain, own);
    }

    [Fact]
    public void Piped_lines_are_run_as_a_script()
    {
        PwshResult result = _pwsh.RunProgram("(Get-MedSegDevice)[0].Name\nexit 9\n'never'\n", [.. CommandLine, "-Command", "-"]);

        Assert.Equal((9, string.Empty), (result.Code, result.Error));
        Assert.EndsWith("cpu", result.Output.Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public void Terminal_gets_a_prompt_that_completes_asks_and_stops()
    {
        const string ControlC = "\u0003", Prompt = "> ";
        using var terminal = new PwshTerminal(_pwsh);
        terminal.WaitFor("PS " + _pwsh.Folder + Prompt);

        terminal.Type("Get-MedSegDev\t").WaitFor("Get-MedSegDevice");
        terminal.Type(" | Out-Null; \"it is $?\"\r").WaitFor("\nit is True").WaitFor(Prompt);
        terminal.Type("New-MedSegDemoDataset made -Confirm\r").WaitFor("[N] No");
        terminal.Type("n\r").WaitFor(Prompt);
        terminal.Type("Import-MedSegDataset\r").WaitFor("Path[0]: ");
        terminal.Type("nowhere\r").WaitFor("Path[1]: ");
        terminal.Type("\r").WaitFor("was not found").WaitFor(Prompt);
        Assert.False(Directory.Exists(Path.Combine(_pwsh.Folder, "made")));

        terminal.Type("$null = New-MedSegDemoDataset d -Patients 2 -SlicesPerPatient 2; 'dra' + 'wn'\r").WaitFor("drawn").WaitFor(Prompt);
        terminal.Type("Import-MedSegDataset d/train -InputSize 32 | Start-MedSegTraining -OutputPath m -Epochs 100000 -ReportInterval 1 -BaseWidth 2\r").WaitFor("Training medseg").WaitFor(" of 100000, step ");
        terminal.Type(ControlC).WaitFor(Prompt);
        terminal.Type("\"run: $((Get-MedSegRun m).State)\"\r").WaitFor("run: Interrupted").WaitFor(Prompt);
        terminal.Type("exit 3\r");

        Assert.Equal(3, terminal.ExitCode);
        Assert.True(File.Exists(Path.Combine(_pwsh.Folder, "m", "medseg.checkpoint.safetensors")));
    }

    private static string[] Lines(PwshResult result) => result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private PwshResult Run(params string[] arguments) => _pwsh.RunProgram(string.Empty, [.. CommandLine, .. arguments]);
}
