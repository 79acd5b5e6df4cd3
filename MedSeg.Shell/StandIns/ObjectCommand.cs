using System.Management.Automation;

namespace MedSeg.Shell.StandIns;

/// <summary>A command on the objects of a pipeline.</summary>
public abstract class ObjectCommand : PSCmdlet
{
    /// <summary>Gets or sets the object.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }
}
