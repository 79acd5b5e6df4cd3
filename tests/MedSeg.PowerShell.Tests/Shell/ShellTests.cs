using MedSeg.Tests.Devices;

namespace MedSeg.PowerShell.Tests.Shell;

/// <summary>Scripts and commands in MedSeg.Shell.</summary>
public sealed class ShellTests : IDisposable
{
    private readonly ShellProcess _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Script_gets_its_arguments_and_gives_its_exit_code()
    {
        string script = _shell.Script("param([int] $Number, [switch] $Flag) \"$($Number + 1) $Flag\"; exit 7");

        ShellResult result = _shell.Run(script, "-Number", "41", "-Flag");

        Assert.Equal("42 True", result.Output.Trim());
        Assert.Equal(7, result.Code);
    }

    [Fact]
    public void Arguments_bind_as_with_pwsh_File()
    {
        // The script's path is relative and holds what a wildcard would be.
        _shell.Script(
            "param([switch] $Flag, [switch] $Off = $true, [int] $Number, $List, [int] $Rest) \"$Flag $Off $Number $($List.GetType().Name) $List $Rest $args\"; Split-Path -Leaf $PSScriptRoot; /bin/false",
            "my [1] scripts/run.ps1");

        ShellResult result = _shell.Run("-File", "my [1] scripts/run.ps1", "-Number", "-5", "-Flag", "-7", "-List", "a,b", "-Off:$false", "more", "-2");

        Assert.Equal("True False -5 String a,b -7 more -2\nmy [1] scripts\n", result.Output.ReplaceLineEndings("\n"));

        // The exit code of a program that the script ran is not the script's.
        Assert.Equal(0, result.Code);
    }

    [Fact]
    public void Errors_go_to_the_error_output_and_the_rest_to_the_output()
    {
        string script = _shell.Script("""
            'before'
            Get-Nothing
            Write-Warning 'mind this'
            Write-Verbose 'so it is' -Verbose
            'after'
            throw 'the scanner is on fire'
            'never'
            """);

        ShellResult result = _shell.Run(script);

        Assert.Equal("before\nWARNING: mind this\nVERBOSE: so it is\nafter\n", result.Output.ReplaceLineEndings("\n"));
        Assert.Contains("Get-Nothing: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("   2 |  Get-Nothing", result.Error, StringComparison.Ordinal);
        Assert.Contains("Exception: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("the scanner is on fire", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', result.Error);
        Assert.Equal(1, result.Code);
    }

    [Fact]
    public void Parse_error_is_shown_with_its_line_and_runs_nothing()
    {
        ShellResult result = _shell.Run(_shell.Script("'first'\nif (1 {"));

        Assert.Empty(result.Output);
        Assert.Contains("   2 |  if (1 {", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Code);
    }

    [Theory]
    [InlineData("exit 5", 5)]
    [InlineData("Get-Nothing; 'fine'", 0)]
    [InlineData("'fine'; Get-Nothing", 1)]
    public void Command_gives_the_exit_code_of_its_end(string command, int code) =>
        Assert.Equal(code, _shell.Run("-Command", command).Code);

    [Fact]
    public void Session_without_terminal_asks_nothing_and_says_so()
    {
        string script = _shell.Script("New-MedSegDemoDataset made -Confirm\nImport-MedSegDataset\n'end'");

        ShellResult result = _shell.Run(script);

        Assert.Equal("end", result.Output.Trim());
        Assert.Contains("There is no terminal to ask on", result.Error, StringComparison.Ordinal);
        Assert.Contains("missing mandatory parameters: Path", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_shell.Folder, "made")));
    }

    [Fact]
    public void Stand_ins_leave_the_place_to_real_commands()
    {
        _shell.Script("function Join-Path { 'real' }", "Modules/Real/Real.psm1");
        _shell.Environment["PSModulePath"] = Path.Combine(_shell.Folder, "Modules");

        ShellResult result = _shell.Run("-Command", "Join-Path a b; (Get-Command Join-Path -All).Source; Split-Path a/b");

        Assert.Equal("real\nReal\na\n", result.Output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Torch_loads_from_the_module_folder_alone()
    {
        ShellResult result = _shell.Run(_shell.Script("$device = (Get-MedSegDevice)[0]; $device.TorchVersion; $device.MemoryUsed -gt 0; $device"));

        Assert.Matches(@"^2\.[\d.]+\s+True\s", result.Output);
        Assert.Contains("Processor/Card", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', result.Output);
        Assert.Equal(0, result.Code);
    }

    [Fact]
    public void Card_that_this_build_cannot_use_is_listed_and_named_in_the_error()
    {
        using var driver = new FakeNvidia();
        _shell.Environment["LD_LIBRARY_PATH"] = Path.GetDirectoryName(driver.CudaPath)!;

        ShellResult result = _shell.Run(_shell.Script("""
            Get-MedSegDevice | Out-Default
            foreach ($d in Get-MedSegDevice) { "$($d.Name)|$($d.IsUsable)|$($d.IsAutoChoice)|$($d.MemoryFree)" }
            $null = New-MedSegDemoDataset -Path d -Patients 1 -HeldOutPatients 1 -SlicesPerPatient 1
            try { Import-MedSegDataset ./d/train -InputSize 32 | Start-MedSegTraining -OutputPath m -Device Cuda } catch { "$_" }
            """));

        Assert.Contains("NVIDIA RTX A4000", result.Output, StringComparison.Ordinal);
        Assert.Contains("cpu|True|True|", result.Output, StringComparison.Ordinal);
        Assert.Contains("cuda:0|False|False|12179869184", result.Output, StringComparison.Ordinal);
        Assert.Contains("cuda:1|False|False|11811159364", result.Output, StringComparison.Ordinal);
        Assert.Contains("its card, NVIDIA RTX A4000, cannot be used", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Log_tells_of_every_tenth_part_of_a_task_but_not_of_its_steps()
    {
        string script = _shell.Script("""
            0..100 | ForEach-Object {
                Write-Progress Task "at $_" -Id 1 -PercentComplete $_
                Write-Progress Step inner -Id 2 -ParentId 1 -PercentComplete 50
            }
            """);

        ShellResult result = _shell.Run(script);

        Assert.Empty(result.Output);
        string[] lines = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(0, 11).Select(i => $"[{i * 10,3} %] Task: at {i * 10}"), lines);
    }

    [Theory]
    [InlineData(64, "", "nothing.ps1")]
    [InlineData(64, "", "-Command")]
    [InlineData(64, "", "-Nonsense")]
    [InlineData(0, "Exit codes", "--help")]
    [InlineData(0, "PowerShell 7", "-Version")]
    public void Usage_is_told(int code, string output, string argument)
    {
        ShellResult result = _shell.Run(argument);

        Assert.Equal(code, result.Code);
        Assert.Contains(output, result.Output, StringComparison.Ordinal);
        Assert.Equal(code != 0, result.Error.Contains("-Help", StringComparison.Ordinal));
    }
}
