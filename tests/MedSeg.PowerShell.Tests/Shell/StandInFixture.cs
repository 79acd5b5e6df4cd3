using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace MedSeg.PowerShell.Tests.Shell;

/// <summary>A runspace with the stand-ins, in a folder with a few files.</summary>
public sealed class StandInFixture : IDisposable
{
    private readonly Runspace _runspace = HostedRunspace.Open();
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public StandInFixture()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "sub"));
        File.WriteAllText(Path.Combine(_folder, "a.txt"), "one\ntwo\nthree\n");
        File.WriteAllText(Path.Combine(_folder, "b[1].csv"), "Name,Age,Note\nAnn,41,\"says \"\"hi\"\",\nthen goes\"\nBob,7,\n");
        File.WriteAllText(Path.Combine(_folder, "sub", "c.txt"), "deep");
        using var shell = System.Management.Automation.PowerShell.Create(_runspace);
        shell.AddCommand("Import-Module").AddParameter("Name", ShellProcess.ProgramPath).AddParameter("ErrorAction", ActionPreference.Stop).Invoke();
        _runspace.SessionStateProxy.Path.SetLocation(_folder);
    }

    public void Dispose()
    {
        _runspace.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Runs a script in the folder.</summary>
    /// <returns>Its output as texts between bars, the errors' ids after.</returns>
    internal string Run(string script)
    {
        using var shell = System.Management.Automation.PowerShell.Create(_runspace);
        shell.AddScript(script, useLocalScope: true);
        IEnumerable<string> output = shell.Invoke().Select(item => LanguagePrimitives.ConvertTo<string>(item));
        IEnumerable<string> errors = shell.Streams.Error.Select(error => "!" + error.FullyQualifiedErrorId.Split(',')[0]);
        _runspace.SessionStateProxy.Path.SetLocation(_folder);
        return string.Join('|', output.Concat(errors)).Replace(_folder, "~", StringComparison.Ordinal).ReplaceLineEndings("\n");
    }
}
