using System.Management.Automation;

namespace MedSeg.Shell.StandIns;

/// <summary>Gives a part of a path: the parent by default.</summary>
[Cmdlet(VerbsCommon.Split, "Path", DefaultParameterSetName = ParentSet)]
[OutputType(typeof(string))]
public sealed class SplitPathCommand : PSCmdlet
{
    private const string ParentSet = "Parent";
    private const string LeafSet = "Leaf";
    private const string LeafBaseSet = "LeafBase";
    private const string ExtensionSet = "Extension";

    /// <summary>Gets or sets the paths.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[] Path { get; set; } = [];

    /// <summary>Gets or sets a value indicating whether the parent is given.</summary>
    [Parameter(ParameterSetName = ParentSet)]
    public SwitchParameter Parent { get; set; }

    /// <summary>Gets or sets a value indicating whether the last part is given.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LeafSet)]
    public SwitchParameter Leaf { get; set; }

    /// <summary>Gets or sets a value indicating whether the last part is given without its extension.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LeafBaseSet)]
    public SwitchParameter LeafBase { get; set; }

    /// <summary>Gets or sets a value indicating whether the extension is given, with its dot.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ExtensionSet)]
    public SwitchParameter Extension { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string path in Path)
        {
            WriteObject(ParameterSetName switch
            {
                LeafSet => SessionState.Path.ParseChildName(path),
                LeafBaseSet => System.IO.Path.GetFileNameWithoutExtension(SessionState.Path.ParseChildName(path)),
                ExtensionSet => System.IO.Path.GetExtension(path),
                _ => SessionState.Path.ParseParent(path, string.Empty),
            });
        }
    }
}
