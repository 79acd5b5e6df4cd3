using System.Management.Automation;

namespace MedSeg.Shell.StandIns;

/// <summary>Reads a text file.</summary>
[Cmdlet(VerbsCommon.Get, "Content", DefaultParameterSetName = PathSet)]
[OutputType(typeof(string))]
public sealed class GetContentCommand : PathCommand
{
    /// <summary>Gets or sets a value indicating whether the text comes as one string.</summary>
    [Parameter]
    public SwitchParameter Raw { get; set; }

    /// <summary>Gets or sets how many lines are read.</summary>
    [Parameter]
    [Alias("First", "Head")]
    [ValidateRange(0, int.MaxValue)]
    public int TotalCount { get; set; } = int.MaxValue;

    /// <inheritdoc/>
    protected override void Process(string path)
    {
        foreach (string file in ToFiles(path))
        {
            if (!File.Exists(file))
            {
                var missing = new FileNotFoundException($"Cannot find path '{file}' because it does not exist.", file);
                WriteError(new ErrorRecord(missing, "PathNotFound", ErrorCategory.ObjectNotFound, file));
            }
            else if (Raw)
            {
                WriteObject(File.ReadAllText(file));
            }
            else
            {
                WriteLines(file);
            }
        }
    }

    private void WriteLines(string file)
    {
        int left = TotalCount;
        foreach (string line in File.ReadLines(file))
        {
            if (left-- == 0 || Stopping)
            {
                return;
            }

            WriteObject(line);
        }
    }
}
