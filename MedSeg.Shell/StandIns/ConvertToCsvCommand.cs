using System.Management.Automation;

namespace MedSeg.Shell.StandIns;

/// <summary>Writes objects as lines of CSV.</summary>
[Cmdlet(VerbsData.ConvertTo, "Csv")]
[OutputType(typeof(string))]
public sealed class ConvertToCsvCommand : ObjectCommand
{
    private CsvTable? _table;

    /// <summary>Gets or sets what stands between fields.</summary>
    [Parameter(Position = 0)]
    public char Delimiter { get; set; } = ',';

    /// <summary>Gets or sets a value that has no meaning: types are never written, as in PowerShell 7.</summary>
    [Parameter]
    [Alias("NTI")]
    public SwitchParameter NoTypeInformation { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is not null)
        {
            _table ??= new CsvTable(Delimiter);
            WriteObject(_table.Lines(InputObject), enumerateCollection: true);
        }
    }
}
