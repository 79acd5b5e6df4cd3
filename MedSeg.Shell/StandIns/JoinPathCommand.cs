using System.Management.Automation;

namespace MedSeg.Shell.StandIns;

/// <summary>Puts parts of a path together.</summary>
[Cmdlet(VerbsCommon.Join, "Path")]
[OutputType(typeof(string))]
public sealed class JoinPathCommand : PSCmdlet
{
    /// <summary>Gets or sets the first parts.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    public string[] Path { get; set; } = [];

    /// <summary>Gets or sets the second part.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string[] ChildPath { get; set; } = [];

    /// <summary>Gets or sets the parts after it.</summary>
    [Parameter(Position = 2, ValueFromRemainingArguments = true, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string[] AdditionalChildPath { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string path in Path)
        {
            string whole = path;
            foreach (string child in (string[])[.. ChildPath, .. AdditionalChildPath])
            {
                whole = SessionState.Path.Combine(whole, child);
            }

            WriteObject(whole);
        }
    }
}
