using System.Diagnostics;
using MedSeg.PowerShell.Tests.Pwsh;

namespace MedSeg.PowerShell.Tests.Windows;

/// <summary>Runs scripts in the Windows PowerShell, with the Windows package of MedSeg, in a new folder.</summary>
internal sealed class WindowsPwsh : IDisposable
{
    // What a script writes goes into a file: a terminal would break the lines.
    private const string Runner = """
        param([string] $Script, [string] $Output)
        $ErrorActionPreference = 'Stop'
        $ProgressPreference = 'SilentlyContinue'
        $PSStyle.OutputRendering = 'PlainText'
        try { . "./$Script" *>&1 | Out-File $Output -Width 400 }
        catch { "$($_.FullyQualifiedErrorId): $_`n$($_.ScriptStackTrace)" | Out-File $Output -Append; exit 1 }
        """;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4);
    private readonly PwshProcess _pwsh = new();
    private readonly WineFixture _wine;
    private int _count;

    /// <summary>Makes the folder; skips the test where Wine is missing.</summary>
    public WindowsPwsh(WineFixture wine)
    {
        _wine = wine;
        try
        {
            wine.Require();
            wine.Prepare(_pwsh);
            _pwsh.Script(Runner, "runner.ps1");
        }
        catch
        {
            _pwsh.Dispose();
            throw;
        }
    }

    /// <summary>Gets the folder that the scripts run in, as Linux names it.</summary>
    public string Folder => _pwsh.Folder;

    /// <summary>Gets the same folder as a share of a server.</summary>
    public string Share => @"\\server\" + Path.GetFileName(Folder);

    /// <summary>Runs a script, which must end without an error.</summary>
    /// <returns>The lines that it wrote, warnings included.</returns>
    public string[] Run(string script)
    {
        string name = $"script{++_count}";
        _pwsh.Script(script, name + ".ps1");
        using Process process = _pwsh.Start(_wine.CommandLine("-File", "runner.ps1", name + ".ps1", name + ".txt"));
        Task<string> terminal = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Close();
        bool isOver = process.WaitForExit(s_patience);
        if (!isOver)
        {
            process.Kill(entireProcessTree: true);
        }

        string output = Path.Combine(Folder, name + ".txt");
        string[] lines = File.Exists(output) ? [.. File.ReadAllLines(output).Select(line => line.Trim()).Where(line => line.Length > 0)] : [];
        Assert.True(isOver && process.ExitCode == 0, $"{(isOver ? $"Exit code {process.ExitCode}." : "The script did not end.")}\n{string.Join('\n', lines)}\n{terminal.Result}");
        return lines;
    }

    public void Dispose() => _pwsh.Dispose();
}
