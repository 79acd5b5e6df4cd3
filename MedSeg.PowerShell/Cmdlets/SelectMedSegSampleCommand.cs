using System.Management.Automation;
using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Selects samples of a data set.</summary>
[Cmdlet(VerbsCommon.Select, "MedSegSample")]
[OutputType(typeof(Dataset))]
public sealed class SelectMedSegSampleCommand : MedSegCmdlet
{
    /// <summary>Gets or sets the script that says whether a sample is kept.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNull]
    public ScriptBlock? FilterScript { get; set; }

    /// <summary>Gets or sets the data set.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    public Dataset Dataset { get; set; } = null!;

    /// <summary>Gets or sets the names of the samples; wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Name { get; set; } = [];

    /// <summary>Gets or sets the patients.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Patient { get; set; } = [];

    /// <summary>Gets or sets the patients that are left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] ExcludePatient { get; set; } = [];

    /// <summary>Gets or sets the groups; wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Group { get; set; } = [];

    /// <summary>Gets or sets ROIs, one of which the samples must have.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Roi { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        WildcardPattern[] names = Patterns(Name);
        WildcardPattern[] groups = Patterns(Group);
        HashSet<string> patients = PatientsOf(Patient);
        HashSet<string> excluded = PatientsOf(ExcludePatient);
        int[] rois = Array.ConvertAll(Roi, NumberOf);
        WriteObject(Try(() => SampleSelection.Select(Dataset, sample =>
            (names.Length == 0 || names.Any(name => name.IsMatch(sample.Name)))
            && (groups.Length == 0 || groups.Any(group => sample.Group is { } own && group.IsMatch(own)))
            && (Patient.Length == 0 || patients.Contains(sample.Patient))
            && !excluded.Contains(sample.Patient)
            && (rois.Length == 0 || rois.Any(roi => roi < sample.RoiPixels.Count && sample.RoiPixels[roi] > 0))
            && IsWanted(sample))));
    }

    private static WildcardPattern[] Patterns(string[] texts) => Array.ConvertAll(texts, text => WildcardPattern.Get(text, WildcardOptions.IgnoreCase));

    // As Patient shows them, or as the images, the table or the folder names them.
    private static HashSet<string> PatientsOf(string[] patients) => [.. patients.SelectMany(patient => (string[])[patient, SampleSelection.HashOf(patient)])];

    private int NumberOf(string name)
    {
        int index = Dataset.LabelNames.ToList().FindIndex(roi => roi.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (index < 0)
        {
            Fail(new MedSegException(ErrorKind.InvalidArgument, ErrorIds.SelectionEmpty, $"The data set has no ROI '{name}'; its ROIs are {string.Join(", ", Dataset.LabelNames)}.") { Advice = "Give the name of one of them." });
        }

        return index + 1;
    }

    private bool IsWanted(Sample sample) =>
        FilterScript is null || LanguagePrimitives.IsTrue(FilterScript.InvokeWithContext(null, [new PSVariable("_", sample)]));
}
