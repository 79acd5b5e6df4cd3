using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

namespace MedSeg.PowerShell.Tests;

/// <summary>A session of PowerShell with the built module and a folder of its own as location.</summary>
internal sealed class ModuleSession : IDisposable
{
    private readonly Runspace _runspace = HostedRunspace.Open();

    public ModuleSession()
    {
        Run($"Import-Module '{Path.Combine(Setting("ModulePath"), "MedSeg.psd1")}' -ErrorAction Stop");
        _runspace.SessionStateProxy.Path.SetLocation(Folder);
    }

    /// <summary>Gets the folder; it is deleted with the session.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("medseg").FullName;

    /// <summary>Gives what the build wrote down for the tests.</summary>
    public static string Setting(string name) =>
        typeof(ModuleSession).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == name).Value!;

    /// <summary>Gives the absolute path of something in the folder.</summary>
    public string PathOf(params string[] parts) => Path.Combine([Folder, .. parts]);

    /// <summary>Makes a script that is yet to be run.</summary>
    public System.Management.Automation.PowerShell Create(string script) =>
        System.Management.Automation.PowerShell.Create(_runspace).AddScript(script);

    /// <summary>Runs a script that must give no error.</summary>
    public List<PSObject> Run(string script)
    {
        using System.Management.Automation.PowerShell shell = Create(script);
        List<PSObject> output = [.. shell.Invoke()];
        var errors = new StringBuilder().AppendJoin('\n', shell.Streams.Error);
        Assert.True(errors.Length == 0, errors.ToString());
        return output;
    }

    /// <summary>Runs a script that must give one error and no output.</summary>
    public ErrorRecord Fail(string script)
    {
        using System.Management.Automation.PowerShell shell = Create(script);
        Assert.Empty(shell.Invoke());
        ErrorRecord error = Assert.Single(shell.Streams.Error);
        RequireComplete(error);
        return error;
    }

    /// <summary>Requires of an error of MedSeg all that PowerShell shows of one.</summary>
    public static void RequireComplete(ErrorRecord error)
    {
        if (error.Exception.GetType().Namespace?.StartsWith("MedSeg", StringComparison.Ordinal) == true)
        {
            Assert.Matches("^[A-Z][A-Za-z0-9]+,MedSeg.PowerShell.Cmdlets.[A-Za-z]+Command$", error.FullyQualifiedErrorId);
            Assert.NotEqual(ErrorCategory.NotSpecified, error.CategoryInfo.Category);
            Assert.NotNull(error.TargetObject);
            Assert.Matches(@"^[A-Z`].*[.?]$", error.ErrorDetails.RecommendedAction);
            Assert.StartsWith(Regex.Replace(error.ErrorDetails.Message, @"( \(at byte \d+\))?\.$", string.Empty), error.Exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(error.ErrorDetails.RecommendedAction, error.ErrorDetails.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Gives the stable part of an error's identifier.</summary>
    public static string IdOf(ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0];

    /// <summary>Copies a folder with all that is in it.</summary>
    /// <param name="source">The folder.</param>
    /// <param name="target">The folder to make, or to add to.</param>
    /// <param name="filter">The names of the files to copy.</param>
    public static void CopyFolder(string source, string target, string filter = "*")
    {
        foreach (string file in Directory.EnumerateFiles(source, filter, SearchOption.AllDirectories))
        {
            string copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public void Dispose()
    {
        _runspace.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
