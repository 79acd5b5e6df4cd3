using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace MedSeg.Shell.StandIns;

/// <summary>Shows objects as lists of properties; the engine itself does the work.</summary>
[Cmdlet(VerbsCommon.Format, "List")]
public sealed class FormatListCommand : OuterFormatTableAndListBase
{
    /// <summary>Initializes a new instance of the <see cref="FormatListCommand"/> class.</summary>
    public FormatListCommand() => EngineInternals.UseFormatter(this, "List");
}
