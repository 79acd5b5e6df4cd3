using System.Management.Automation;

namespace MedSeg.Shell.StandIns;

/// <summary>Lists what a folder holds.</summary>
[Cmdlet(VerbsCommon.Get, "ChildItem", DefaultParameterSetName = PathSet)]
public sealed class GetChildItemCommand : PSCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>Gets or sets the folders; the current one by default.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = PathSet)]
    public string[] Path { get; set; } = ["."];

    /// <summary>Gets or sets the folders, taken as they stand.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath", "LP")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Gets or sets a pattern that names must match.</summary>
    [Parameter(Position = 1)]
    public string? Filter { get; set; }

    /// <summary>Gets or sets a value indicating whether folders within are listed too.</summary>
    [Parameter]
    [Alias("s")]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Gets or sets a value indicating whether only files are listed.</summary>
    [Parameter]
    public SwitchParameter File { get; set; }

    /// <summary>Gets or sets a value indicating whether only folders are listed.</summary>
    [Parameter]
    public SwitchParameter Directory { get; set; }

    /// <summary>Gets or sets a value indicating whether hidden items are listed too.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool literal = ParameterSetName == LiteralPathSet;
        WildcardPattern? pattern = Filter is null ? null : WildcardPattern.Get(Filter, WildcardOptions.IgnoreCase);
        foreach (string path in literal ? LiteralPath : Path)
        {
            try
            {
                foreach (PSObject item in InvokeProvider.ChildItem.Get([path], Recurse, uint.MaxValue, Force, literal))
                {
                    if (IsWanted(item, pattern))
                    {
                        WriteObject(item);
                    }
                }
            }
            catch (RuntimeException e) when (e is not PipelineStoppedException)
            {
                WriteError(new ErrorRecord(e.ErrorRecord, e));
            }
        }
    }

    private bool IsWanted(PSObject item, WildcardPattern? pattern)
    {
        bool isFolder = item.Properties["PSIsContainer"]?.Value is true;
        return !(File && isFolder)
            && !(Directory && !isFolder)
            && pattern?.IsMatch(item.Properties["PSChildName"]?.Value as string ?? string.Empty) != false;
    }
}
