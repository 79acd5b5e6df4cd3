using System.Collections;
using System.Management.Automation;
using MedSeg.Comparison;
using MedSeg.PowerShell.Completion;

namespace MedSeg.PowerShell;

/// <summary>The base of the commands that take the masks of several raters.</summary>
public abstract class MaskSetCmdlet : ProblemCmdlet
{
    private readonly List<string> _paths = [];

    /// <summary>Gets or sets the folders or files of the raters; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromRemainingArguments = true)]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Gets or sets the names of the raters.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] RaterName { get; set; } = [];

    /// <summary>Gets or sets the folder of the images.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ImagePath { get; set; }

    /// <summary>Gets or sets whether to search subfolders.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Gets or sets what the names of masks have in addition.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] MaskSuffix { get; set; } = [];

    /// <summary>Gets or sets the names of the ROIs 1 to K.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(LabelNameCompleter))]
    public string[] LabelName { get; set; } = [];

    /// <summary>Gets or sets the ROIs of mask values and segments.</summary>
    [Parameter]
    public Hashtable LabelMap { get; set; } = [];

    /// <summary>Gets or sets the ROIs of mask colours.</summary>
    [Parameter]
    public Hashtable LabelColor { get; set; } = [];

    /// <summary>Gets or sets the grey levels between neighbouring ROIs in JPEG masks.</summary>
    [Parameter]
    [ValidateRange(1, 255)]
    public int? JpegStep { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _paths.AddRange(ResolveAll(Path, isLiteral: false));

    /// <summary>Collects the parameters.</summary>
    /// <returns>The options.</returns>
    protected MaskComparisonOptions MaskOptions() => new()
    {
        Paths = _paths,
        RaterNames = RaterName,
        ImagePath = ImagePath is null ? null : Resolve(ImagePath),
        Recurse = Recurse,
        MaskSuffixes = MaskSuffix,
        LabelNames = LabelName,
        LabelMap = Try(() => LabelMapParameter.Read(LabelName, LabelMap, LabelColor)),
        JpegStep = JpegStep,
    };
}
