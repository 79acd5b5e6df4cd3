using System.Management.Automation;

namespace MedSeg.Shell.StandIns;

/// <summary>Makes objects of the lines of CSV files.</summary>
[Cmdlet(VerbsData.Import, "Csv", DefaultParameterSetName = PathSet)]
public sealed class ImportCsvCommand : PathCommand
{
    /// <summary>Gets or sets what stands between fields.</summary>
    [Parameter(Position = 1)]
    public char Delimiter { get; set; } = ',';

    /// <summary>Gets or sets the names of the columns, where the files do not begin with them.</summary>
    [Parameter]
    public string[]? Header { get; set; }

    /// <inheritdoc/>
    protected override void Process(string path)
    {
        try
        {
            foreach (string file in ToFiles(path))
            {
                using var reader = new StreamReader(file);
                WriteObject(new CsvTable(Delimiter).ReadObjects(reader, Header), enumerateCollection: true);
            }
        }
        catch (Exception e) when (e is ItemNotFoundException or FileNotFoundException or DirectoryNotFoundException)
        {
            WriteError(new ErrorRecord(e, "FileOpenFailure", ErrorCategory.OpenError, path));
        }
    }
}
