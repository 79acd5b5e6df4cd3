using System.Management.Automation;

namespace MedSeg.Shell.StandIns;

/// <summary>Makes a file or a folder.</summary>
[Cmdlet(VerbsCommon.New, "Item", SupportsShouldProcess = true)]
public sealed class NewItemCommand : PSCmdlet
{
    /// <summary>Gets or sets the paths to make.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public string[] Path { get; set; } = [];

    /// <summary>Gets or sets File or Directory.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Type")]
    [ValidateSet("File", "Directory")]
    public string ItemType { get; set; } = "File";

    /// <summary>Gets or sets a file's text.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public object? Value { get; set; }

    /// <summary>Gets or sets a value indicating whether a file is overwritten and an existing folder is given.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string path in Path)
        {
            string file = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path);
            if (!ShouldProcess($"Destination: {file}", $"Create {ItemType}"))
            {
                continue;
            }

            try
            {
                WriteObject(InvokeProvider.Item.New([path], string.Empty, ItemType, Value, Force), enumerateCollection: true);
            }
            catch (RuntimeException e) when (e is not PipelineStoppedException)
            {
                WriteError(new ErrorRecord(e.ErrorRecord, e));
            }
        }
    }
}
