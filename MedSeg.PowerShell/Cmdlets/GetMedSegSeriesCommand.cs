using System.Management.Automation;
using MedSeg.Errors;
using MedSeg.Inventory;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Lists the series of an archive.</summary>
[Cmdlet(VerbsCommon.Get, "MedSegSeries", DefaultParameterSetName = "Path")]
[OutputType(typeof(SeriesInfo))]
public sealed class GetMedSegSeriesCommand : MedSegCmdlet
{
    private readonly List<string> _paths = [];

    /// <summary>Gets or sets the folders, image files and DICOMDIR files; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Gets or sets the folders and files, without wildcards.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP", "FullName")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Gets or sets whether to search subfolders.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Gets or sets whether patients are hashed.</summary>
    [Parameter]
    public SwitchParameter HashPatient { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool isLiteral = ParameterSetName == "LiteralPath";
        _paths.AddRange(ResolveAll(isLiteral ? LiteralPath : Path, isLiteral));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // The files of a series may be anywhere, so all must be known before the first series is complete.
        var options = new InventoryOptions { Recurse = Recurse, HashPatient = HashPatient };
        var errors = new List<MedSegException>();
        IReadOnlyList<SeriesInfo> series = TryWithProgress(
            $"Reading the headers in {_paths[0]}", progress => SeriesInventory.Find(_paths, options, progress.Events with { Error = errors.Add }, StopToken));
        foreach (MedSegException error in errors)
        {
            WriteError(ToRecord(error));
        }

        if (series.Count == 0 && errors.Count == 0)
        {
            WriteWarning($"{string.Join(", ", _paths)}: No images were found.{(Recurse ? "" : " Subfolders are searched with -Recurse.")}");
        }

        WriteObject(series, enumerateCollection: true);
    }
}
