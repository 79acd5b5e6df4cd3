using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace MedSeg.Shell.StandIns;

/// <summary>Shows objects as a table; the engine itself does the work.</summary>
[Cmdlet(VerbsCommon.Format, "Table")]
public sealed class FormatTableCommand : OuterFormatTableBase
{
    /// <summary>Initializes a new instance of the <see cref="FormatTableCommand"/> class.</summary>
    public FormatTableCommand() => EngineInternals.UseFormatter(this, "Table");
}
