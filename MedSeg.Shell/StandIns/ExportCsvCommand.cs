using System.Management.Automation;

namespace MedSeg.Shell.StandIns;

/// <summary>Writes objects to a CSV file in UTF-8, over what it held.</summary>
[Cmdlet(VerbsData.Export, "Csv", SupportsShouldProcess = true)]
public sealed class ExportCsvCommand : PSCmdlet
{
    private readonly List<string> _lines = [];
    private CsvTable? _table;

    /// <summary>Gets or sets the objects.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public PSObject InputObject { get; set; } = new();

    /// <summary>Gets or sets the file.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string Path { get; set; } = string.Empty;

    /// <summary>Gets or sets what stands between fields.</summary>
    [Parameter(Position = 1)]
    public char Delimiter { get; set; } = ',';

    /// <summary>Gets or sets a value indicating whether an existing file is an error.</summary>
    [Parameter]
    [Alias("NoOverwrite")]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Gets or sets a value that has no meaning: types are never written, as in PowerShell 7.</summary>
    [Parameter]
    [Alias("NTI")]
    public SwitchParameter NoTypeInformation { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _table ??= new CsvTable(Delimiter);
        _lines.AddRange(_table.Lines(InputObject));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        string file = SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path);
        if (!ShouldProcess(file, "Export-Csv"))
        {
            return;
        }

        if (NoClobber && File.Exists(file))
        {
            var exists = new IOException($"The file '{file}' already exists.");
            ThrowTerminatingError(new ErrorRecord(exists, "NoClobber", ErrorCategory.ResourceExists, file));
        }

        try
        {
            using var writer = new StreamWriter(new FileStream(file, NoClobber ? FileMode.CreateNew : FileMode.Create));
            foreach (string line in _lines)
            {
                writer.WriteLine(line);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ThrowTerminatingError(new ErrorRecord(e, "FileError", ErrorCategory.WriteError, file));
        }
    }
}
