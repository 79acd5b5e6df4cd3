using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text;
using MedSeg.Errors;
using MedSeg.Files;
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
        bool isJson = IsJson(Resolve(OutputPath));
        (string source, string target) = Files();
        ModelInfo model = Try(() => ModelFile.Describe(source));
        TrainingOptions options = Try(() => model.Options ?? throw new MedSegException(ErrorKind.InvalidData, "ModelWithoutOptions", $"{source}: the file does not say with which options it was trained. Give a model or checkpoint that MedSeg trained.", source));
        if (ShouldProcess(target, $"Write the options of {source}"))
        {
            string text = isJson ? OptionsText.ToJson(options) : OptionsText.ToPowerShellData(options, Notes(model, options));
            Try(() => Write(target, text));
            WriteFile(target);
        }
    }

    private bool IsJson(string path)
    {
        string ending = System.IO.Path.GetExtension(path).ToUpperInvariant();
        if (ending is not (".PSD1" or ".JSON"))
        {
            Fail(new MedSegException(ErrorKind.InvalidArgument, "OptionFileFormat", $"{path}: options are written as .psd1 or .json; this name ends with '{ending}'. Give one with either ending.", path));
        }

        return ending == ".JSON";
    }

    private static bool Write(string path, string text)
    {
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        return true;
    }

    // What else a run depends on, which is given elsewhere.
    private static IEnumerable<string> Notes(ModelInfo model, TrainingOptions options)
    {
        yield return $"How {System.IO.Path.GetFileName(model.Path)} was trained ({model.Software}, {model.Device}); for Start-MedSegTraining -OptionsPath.";
        string labels = string.Join(", ", model.LabelNames.Select(name => $"'{CodeGeneration.EscapeSingleQuotedStringContent(name)}'"));
        yield return string.Create(CultureInfo.InvariantCulture, $"Its {model.TrainingSlices} slices: Import-MedSegDataset -InputSize {model.InputSize} -Normalization {model.Normalization} -ResizeMode {model.ResizeMode} -LabelName {labels}");
        if (model.ValidationSlices > 0 && options is { ValidationFraction: 0, Folds: 0, FoldPath: null })
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"It was validated on {model.ValidationSlices} slices of a data set of its own, which -ValidationDataset takes.");
        }
    }
}
