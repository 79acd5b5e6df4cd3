using System.Globalization;
using System.Management.Automation;

namespace MedSeg.PowerShell.Tests;

/// <summary>Each architecture from import to exported model, as a script would take it there.</summary>
public sealed class ArchitectureTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("Pyramid")]
    [InlineData("PyramidNorm")]
    [InlineData("UNet")]
    public void Data_set_trains_stops_resumes_bit_identically_is_scored_and_exported(string architecture)
    {
        _session.Run("$demo = New-MedSegDemoDataset -Path data -Patients 3 -HeldOutPatients 1 -SlicesPerPatient 2; $data = Import-MedSegDataset ./data/train -InputSize 32 -LabelName $demo.LabelNames");
        string train = $"$data | Start-MedSegTraining -Architecture {architecture} -BaseWidth 2 -BatchSize 2 -LearningRate 1e-3 -DropoutRate 0.2 -WeightAveraging 0.9 -Device Cpu -CheckpointInterval 1";

        _session.Run($"{train} -Epochs 2 -OutputPath whole");
        _session.Run($"{train} -Epochs 2 -OutputPath parts | Select-Object -First 1");
        Assert.False(File.Exists(_session.PathOf("parts", "medseg.safetensors")));
        _session.Run($"{train} -Epochs 2 -OutputPath parts -Resume");

        Assert.Equal(TensorBytes("whole"), TensorBytes("parts"));
        PSObject model = Assert.Single(_session.Run("Get-MedSegModel parts/medseg.safetensors"));
        Assert.Equal((architecture, 2), (model.Properties["Architecture"].Value.ToString(), (int)model.Properties["BaseWidth"].Value));

        double score = Score("parts/medseg.safetensors -Backend Torch");
        _session.Run("Export-MedSegModel parts/medseg.safetensors -Format Onnx -OutputPath m.onnx; Export-MedSegModel parts/medseg.safetensors -Format PyTorch -OutputPath m.pt");
        Assert.Equal(score, Score("m.onnx"), 1e-3);
        _session.Run("Import-MedSegModel m.pt -OutputPath back.safetensors -LabelName $demo.LabelNames");
        Assert.Equal(score, Score("back.safetensors -Backend Torch"), 1e-12);
    }

    [Fact]
    public void Model_of_another_architecture_is_refused_by_name()
    {
        _session.Run("New-MedSegDemoDataset -Path data -Patients 2 -HeldOutPatients 1 -SlicesPerPatient 1; $data = Import-MedSegDataset ./data/train -InputSize 32");
        const string train = "$data | Start-MedSegTraining -Epochs 1 -BaseWidth 2 -Device Cpu";
        _session.Run($"{train} -Architecture UNet -OutputPath unet");

        ErrorRecord error = _session.Fail($"{train} -Architecture PyramidNorm -InitialModel unet/medseg.safetensors -OutputPath norm");
        ErrorRecord resumed = _session.Fail($"{train} -Architecture Pyramid -OutputPath unet -Resume");

        Assert.StartsWith("InitialModelArchitecture", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("The model is a UNet, the network to train is a PyramidNorm.", error.Exception.Message, StringComparison.Ordinal);
        Assert.StartsWith("ResumeMismatch", resumed.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("-Architecture is UNet in the checkpoint and Pyramid in this run", resumed.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Summary_lists_the_layers()
    {
        _session.Run("New-MedSegDemoDataset -Path data -Patients 2 -HeldOutPatients 1 -SlicesPerPatient 1; Import-MedSegDataset ./data/train -InputSize 32 | Start-MedSegTraining -Architecture UNet -BaseWidth 2 -Epochs 1 -OutputPath m -Device Cpu");

        List<PSObject> layers = _session.Run("Get-MedSegModel m/medseg.safetensors -Summary");

        PSObject first = layers[0];
        Assert.Equal(("encoders.0.convolutions.0", "Conv 3×3", "2 × 32 × 32", 18L), (first.Properties["Name"].Value, first.Properties["Kind"].Value, first.Properties["OutputShape"].Value, first.Properties["Parameters"].Value));
        long all = Convert.ToInt64(Assert.Single(_session.Run("(Get-MedSegModel m/medseg.safetensors).Parameters")).BaseObject, CultureInfo.InvariantCulture);
        Assert.Equal(all, layers.Sum(layer => (long)layer.Properties["Parameters"].Value));
    }

    private double Score(string model) =>
        Convert.ToDouble(Assert.Single(_session.Run($"(Import-MedSegDataset ./data/heldout -InputSize 32 -LabelName $demo.LabelNames | Measure-MedSegModel -Model {model} -Device Cpu | ForEach-Object {{ $_.Dice }} | Measure-Object -Average).Average")).BaseObject, CultureInfo.InvariantCulture);

    // What follows the header, whose metadata tells times and paths.
    private byte[] TensorBytes(string folder)
    {
        byte[] content = File.ReadAllBytes(_session.PathOf(folder, "medseg.safetensors"));
        return content[(8 + (int)BitConverter.ToInt64(content))..];
    }
}
