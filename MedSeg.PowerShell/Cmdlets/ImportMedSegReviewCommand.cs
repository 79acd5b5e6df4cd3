using System.Management.Automation;
using MedSeg.Errors;
using MedSeg.PowerShell.Validation;
using MedSeg.Reports.Review;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Reads the decisions that the reader of a report saved.</summary>
[Cmdlet(VerbsData.Import, "MedSegReview", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(ReviewedSlice))]
public sealed class ImportMedSegReviewCommand : MedSegCmdlet
{
    private ReviewedData? _data;

    /// <summary>Gets or sets the CSV files; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Gets or sets the CSV files, without wildcards.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP", "FullName")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Gets or sets the folder of the report, which paths in the CSV are relative to.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? BasePath { get; set; }

    /// <summary>Gets or sets the folder to copy accepted slices to.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateOutputName]
    public string? OutputPath { get; set; }

    /// <summary>Gets or sets whether existing files in the output folder are replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (OutputPath is not null && ShouldProcess(Resolve(OutputPath), "Copy the accepted slices"))
        {
            _data = new ReviewedData(Resolve(OutputPath), Force);
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool isLiteral = ParameterSetName == "LiteralPath";
        string? basePath = BasePath is null ? null : Resolve(BasePath);
        foreach (string path in ResolveAll(isLiteral ? LiteralPath : Path, isLiteral))
        {
            Write(Try(() => ReviewFile.Read(path, basePath)));
        }
    }

    private void Write(IReadOnlyList<ReviewedSlice> slices)
    {
        ReviewedSlice[] found = [.. slices.Where(slice => slice.Decision != ReviewDecision.Accept ? OutputPath is null : TryItem(() => ReviewedData.RequireFiles(slice)))];
        if (OutputPath is null)
        {
            WriteObject(found, enumerateCollection: true);
        }
        else if (_data is not null)
        {
            // The frames of an image are copied together, unless two runs are on the page, which have masks of the same frame.
            var masks = new Dictionary<(string, int?), int>();
            foreach (IGrouping<(string, int), ReviewedSlice> image in found.GroupBy(slice => (slice.ImagePath, masks[(slice.ImagePath, slice.Frame)] = masks.GetValueOrDefault((slice.ImagePath, slice.Frame)) + 1)))
            {
                TryItem(() => WriteObject(_data.Add([.. image]), enumerateCollection: true));
            }
        }
    }

    // An error of one slice does not keep the others from being copied.
    private bool TryItem(Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (MedSegException e)
        {
            WriteError(ToRecord(e));
            return false;
        }
    }
}
