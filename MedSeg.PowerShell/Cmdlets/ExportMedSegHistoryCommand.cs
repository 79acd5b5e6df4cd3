using System.Management.Automation;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.PowerShell.Validation;
using MedSeg.Reports;
using MedSeg.Threading;
using MedSeg.Training;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Exports a training history to a CSV table and a plot.</summary>
[Cmdlet(VerbsData.Export, "MedSegHistory", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo), typeof(EpochRecord))]
public sealed class ExportMedSegHistoryCommand : MedSegCmdlet
{
    private readonly List<EpochRecord> _records = [];
    private bool _written;

    /// <summary>Gets or sets a record of an epoch.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public EpochRecord InputObject { get; set; } = null!;

    /// <summary>Gets or sets the CSV file.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ValidateOutputName]
    public string? Path { get; set; }

    /// <summary>Gets or sets the PNG file.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateOutputName]
    public string? PlotPath { get; set; }

    /// <summary>Gets or sets whether to output the records as they arrive, in place of the files.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Gets or sets whether existing files are replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Path is null && PlotPath is null)
        {
            Fail(new MedSegException(ErrorKind.InvalidArgument, ErrorIds.NothingToWrite, "No output file was given.") { Advice = "Use -Path for a CSV table, -PlotPath for a PNG plot, or both." });
        }

        Path = Path is null ? null : Resolve(Path);
        PlotPath = PlotPath is null ? null : Resolve(PlotPath);
        if (Path is not null)
        {
            RequireOutput(Path, Force);
        }

        if (PlotPath is not null)
        {
            RequireOutput(PlotPath, Force, ".png");
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _records.Add(InputObject);
        if (PassThru)
        {
            WriteObject(InputObject);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_records.Count == 0 || !ShouldProcess(Path ?? PlotPath ?? string.Empty, "Write the history"))
        {
            _written = true;
            return;
        }

        string[] written = Try(() => Write(new EngineEvents { Warning = WriteWarning }));
        if (!PassThru)
        {
            Array.ForEach(written, WriteFile);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // After Ctrl+C, EndProcessing is not called; the epochs so far are written here.
        if (disposing && !_written && _records.Count > 0)
        {
            try
            {
                _ = Write(events: null);
            }
            catch (MedSegException)
            {
                // A stopped pipeline does not accept errors.
                _written = true;
            }
        }

        base.Dispose(disposing);
    }

    // Returns the paths of the files: numbered ones where another program has a file open.
    private string[] Write(EngineEvents? events)
    {
        _written = true;
        IReadOnlyList<EpochRecord> records = RunHistory.Whole(_records);
        string?[] written =
        [
            Path is null ? null : AtomicFile.WriteOrNumber(Path, stream => HistoryCsv.Write(stream, records), events),
            PlotPath is null ? null : AtomicFile.WriteOrNumber(PlotPath, stream => HistoryPlot.Write(stream, records), events),
        ];
        return [.. written.OfType<string>()];
    }
}
