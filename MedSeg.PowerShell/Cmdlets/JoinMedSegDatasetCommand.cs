using System.Management.Automation;
using MedSeg.Data;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Joins data sets.</summary>
[Cmdlet(VerbsCommon.Join, "MedSegDataset")]
[OutputType(typeof(Dataset))]
public sealed class JoinMedSegDatasetCommand : MedSegCmdlet
{
    private readonly List<Dataset> _datasets = [];

    /// <summary>Gets or sets the data sets.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public Dataset[] Dataset { get; set; } = [];

    /// <summary>Gets or sets what the samples of each data set belong to.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Group { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord() => _datasets.AddRange(Dataset);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Dataset joined = Try(() => DatasetJoin.Join(_datasets, Group));
        int shared = _datasets.SelectMany(dataset => dataset.Samples.Where(sample => sample.IsUsable).Select(sample => sample.Patient).Distinct()).GroupBy(patient => patient).Count(group => group.Count() > 1);
        if (shared > 0)
        {
            WriteWarning($"{(shared == 1 ? "1 patient is" : $"{shared} patients are")} in several of the data sets, by ID or by name. Splits keep their slices together. If they are different people, use -GroupBy in training.");
        }

        if (joined.Samples[0].Name != _datasets[0].Samples[0].Name)
        {
            WriteVerbose($"Names of samples occur in several data sets, so they begin with their group, as in {joined.Samples[0].Name}.");
        }

        WriteObject(joined);
    }
}
