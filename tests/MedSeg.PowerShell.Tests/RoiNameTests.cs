using System.Management.Automation;
using System.Text;

namespace MedSeg.PowerShell.Tests;

/// <summary>The names of the ROIs and their order, wherever a data set meets a model: left and right must never be exchanged silently.</summary>
public sealed class RoiNameTests : IDisposable
{
    private const string Options = "-Epochs 1 -BaseWidth 2 -OutputPath models -Device Cpu";
    private const string Names = "LeftPsoas, RightPsoas, LeftMultifidus, RightMultifidus";
    private const string Exchanged = "RightPsoas, LeftPsoas, LeftMultifidus, RightMultifidus";
    private const string Others = "Kidney, Liver, Spleen, Aorta";

    private readonly ModuleSession _session = new();

    public RoiNameTests()
    {
        _session.Run("$null = New-MedSegDemoDataset -Path data -Patients 2 -HeldOutPatients 1 -SlicesPerPatient 2");
        _session.Run($"$names = '{Names.Replace(", ", "', '", StringComparison.Ordinal)}'; $data = Import-MedSegDataset data/train -InputSize 32 -LabelName $names");
        _session.Run($"$exchanged = Import-MedSegDataset data/train -InputSize 32 -LabelName {Exchanged}; $others = Import-MedSegDataset data/train -InputSize 32 -LabelName {Others}");
        _session.Run($"$data | Start-MedSegTraining {Options}");
    }

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("$exchanged", Exchanged, "the same names in another order")]
    [InlineData("$others", Others, "in the data set")]
    public void Model_is_not_measured_with_other_names_or_another_order(string dataset, string names, string inFinding)
    {
        ErrorRecord error = _session.Fail($"{dataset} | Measure-MedSegModel models/medseg.safetensors -Device Cpu");

        Assert.Equal("DatasetMismatch", ModuleSession.IdOf(error));
        Assert.Contains($"the ROIs are ({names}) in the data set and ({Names}) in the model", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains(inFinding, error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("-LabelName 'LeftPsoas', 'RightPsoas'", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void Training_does_not_start_from_a_model_with_the_names_exchanged_and_warns_of_others()
    {
        ErrorRecord error = _session.Fail("$exchanged | Start-MedSegTraining -InitialModel models/medseg.safetensors -Epochs 1 -BaseWidth 2 -OutputPath more -Device Cpu");
        Assert.Equal("InitialModelOrder", ModuleSession.IdOf(error));
        Assert.Contains($"({Exchanged}) in the data set and ({Names}) in the model", error.Exception.Message, StringComparison.Ordinal);

        using System.Management.Automation.PowerShell shell = _session.Create("$others | Start-MedSegTraining -InitialModel models/medseg.safetensors -Epochs 1 -BaseWidth 2 -OutputPath more -Device Cpu");
        Assert.Single(shell.Invoke());
        Assert.Contains(shell.Streams.Warning, w => w.Message.Contains($"({Others}) in the data set and ({Names}) in the model", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_is_neither_resumed_nor_validated_with_the_names_exchanged()
    {
        Assert.Equal("ResumeMismatch", ModuleSession.IdOf(_session.Fail($"$exchanged | Start-MedSegTraining {Options} -Resume")));
        Assert.Equal("ValidationMismatch", ModuleSession.IdOf(_session.Fail("$data | Start-MedSegTraining -ValidationDataset $exchanged -Epochs 1 -OutputPath more -Device Cpu")));
        Assert.Equal("ValidationMismatch", ModuleSession.IdOf(_session.Fail("$data | Test-MedSegLabels -ValidationDataset $exchanged")));
    }

    [Theory]
    [InlineData("LabelNameTwice", "'a', 'a', 'b', 'c'")]
    [InlineData("LabelNameEmpty", "'a', '', 'b', 'c'")]
    public void Names_that_are_empty_or_given_twice_are_refused_on_import(string id, string names)
    {
        ErrorRecord error = _session.Fail($"Import-MedSegDataset data/train -InputSize 32 -LabelName {names}");

        Assert.Equal(id, ModuleSession.IdOf(error));
        Assert.Contains("-LabelName", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void No_model_names_the_folder_of_the_file_of_folds_and_the_run_resumes()
    {
        // Two slices of each patient, who come one after the other.
        string[] lines = [.. _session.Run("$data.Samples.Name").Select((name, i) => $"{name},{1 + (i / 2)}")];
        File.WriteAllLines(_session.PathOf("folds.csv"), ["Name,Fold", .. lines]);
        _session.Run("$data | Start-MedSegTraining -FoldPath folds.csv -Fold 1 -Epochs 1 -BaseWidth 2 -OutputPath folds -Device Cpu");
        _session.Run("Export-MedSegModel folds/medseg.safetensors folds/m.onnx -Format Onnx; Export-MedSegModel folds/medseg.safetensors folds/m.pt -Format PyTorch");

        string[] files = [.. Directory.GetFiles(_session.PathOf("folds")).Where(f => Path.GetExtension(f) is ".safetensors" or ".onnx" or ".pt")];
        Assert.InRange(files.Length, 4, 10);
        Assert.All(files, file => Assert.DoesNotContain(Path.GetFileName(_session.Folder), Encoding.UTF8.GetString(File.ReadAllBytes(file)), StringComparison.Ordinal));
        Assert.Single(_session.Run("$data | Start-MedSegTraining -FoldPath folds.csv -Fold 1 -Epochs 2 -BaseWidth 2 -OutputPath folds -Device Cpu -Resume"));
    }
}
