using System.Management.Automation;
using MedSeg.Errors;
using MedSeg.PowerShell.Completion;
using MedSeg.Training.Integrity;
using MedSeg.Training.Runs;

namespace MedSeg.PowerShell;

/// <summary>The base of the commands that act on training runs: folders, and the names of the runs in them.</summary>
public abstract class RunCmdlet : RunFolderCmdlet
{
    // Folders may contain each other.
    private readonly HashSet<string> _seen = [];

    /// <summary>Gets or sets the runs, from Get-MedSegRun.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Run")]
    public RunInfo[] Run { get; set; } = [];

    /// <summary>Gets or sets the names of the runs' models; wildcards are allowed.</summary>
    [Parameter(ParameterSetName = "Path")]
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RunNameCompleter))]
    public string[] ModelName { get; set; } = ["*"];

    /// <summary>Returns the runs that were asked for and not returned before; a folder without any is an error, after which the command continues.</summary>
    /// <returns>Where each run writes.</returns>
    private protected IEnumerable<RunOptions> FindRuns() =>
        (ParameterSetName == "Run" ? Run.Select(run => new RunOptions { OutputPath = run.OutputPath, ModelName = run.ModelName }) : FindInFolders())
            .Where(run => _seen.Add(run.StatusPath));

    private IEnumerable<RunOptions> FindInFolders()
    {
        WildcardPattern[] names = [.. ModelName.Select(name => WildcardPattern.Get(name, WildcardOptions.IgnoreCase))];
        return FindFolders().SelectMany(folder => FindIn(folder, names));
    }

    private RunOptions[] FindIn(string folder, WildcardPattern[] names)
    {
        try
        {
            RunOptions[] found = [.. RunCheck.Find(folder).Where(run => Array.Exists(names, name => name.IsMatch(run.ModelName)))];
            return found.Length > 0 ? found : throw new MedSegException(ErrorKind.NotFound, ErrorIds.RunNotFound, $"{folder}: The folder has no training run named {string.Join(" or ", ModelName)}.", folder)
            {
                Advice = "Get-MedSegRun lists the runs in a folder and those below it.",
            };
        }
        catch (MedSegException e)
        {
            WriteError(ToRecord(e));
            return [];
        }
    }
}
