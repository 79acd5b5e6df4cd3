using System.Globalization;
using System.Management.Automation;

namespace MedSeg.Shell.StandIns;

/// <summary>Gives the time now, or a given one.</summary>
[Cmdlet(VerbsCommon.Get, "Date")]
[OutputType(typeof(DateTime), typeof(string))]
public sealed class GetDateCommand : PSCmdlet
{
    /// <summary>Gets or sets the time; now by default.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("LastWriteTime")]
    public DateTime? Date { get; set; }

    /// <summary>Gets or sets a .NET format; the time then comes as text.</summary>
    [Parameter]
    public string? Format { get; set; }

    /// <summary>Gets or sets a value indicating whether the time comes in UTC.</summary>
    [Parameter]
    public SwitchParameter AsUTC { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        DateTime time = Date ?? DateTime.Now;
        time = AsUTC ? time.ToUniversalTime() : time;
        WriteObject(Format is null ? time : time.ToString(Format, CultureInfo.CurrentCulture));
    }
}
