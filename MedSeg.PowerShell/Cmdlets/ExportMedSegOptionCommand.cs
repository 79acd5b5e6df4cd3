using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using MedSeg.Errors;
using MedSeg.Interchange;
using MedSeg.PowerShell.Options;
using MedSeg.Training;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Writes the options that a model was trained with, for -OptionsPath of the next training.</summary>
[Cmdlet(VerbsData.Export, "MedSegOption", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportMedSegOptionCommand : ModelFileCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool isJson = Try(() => OptionsText.IsJson(Resolve(OutputPath)));
        (string source, string target) = Files();
        ModelInfo model = Try(() => ModelFile.Describe(source));
        TrainingOptions options = Try(() => model.Options ?? throw new MedSegException(ErrorKind.InvalidData, ErrorIds.ModelWithoutOptions, $"{source}: The file does not contain its training options.", source) { Advice = "Use a model or checkpoint that MedSeg trained." });
        if (ShouldProcess(target, $"Write the options of {source}"))
        {
            string text = isJson ? OptionsText.ToJson(options) : OptionsText.ToPowerShellData(options, Notes(model, options));
            WriteFile(WriteText(target, text));
        }
    }

    // What else the run depended on, as comments.
    private static IEnumerable<string> Notes(ModelInfo model, TrainingOptions options)
    {
        yield return $"How {System.IO.Path.GetFileName(model.Path)} was trained ({model.Software}, {model.Device}); for Start-MedSegTraining -OptionsPath.";
        string labels = string.Join(", ", model.LabelNames.Select(name => $"'{CodeGeneration.EscapeSingleQuotedStringContent(name)}'"));
        string pixels = model.PixelSize > 0 ? string.Create(CultureInfo.InvariantCulture, $"-PixelSize {model.PixelSize}") : $"-ResizeMode {model.ResizeMode}";
        yield return string.Create(CultureInfo.InvariantCulture, $"Its {model.TrainingSlices} slices: Import-MedSegDataset -InputSize {model.InputSize} -Normalization {model.Normalization} {pixels} -LabelName {labels}");
        if (model.ValidationSlices > 0 && options is { ValidationFraction: 0, Folds: 0, FoldPath: null })
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"It was validated on {model.ValidationSlices} slices of a separate data set (-ValidationDataset).");
        }
    }
}
