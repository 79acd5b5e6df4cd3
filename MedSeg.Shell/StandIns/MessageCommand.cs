using System.Management.Automation;

namespace MedSeg.Shell.StandIns;

/// <summary>A command that writes a message to one of PowerShell's streams.</summary>
public abstract class MessageCommand : PSCmdlet
{
    /// <summary>Gets or sets the message.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("Msg")]
    [AllowEmptyString]
    public string Message { get; set; } = string.Empty;
}
