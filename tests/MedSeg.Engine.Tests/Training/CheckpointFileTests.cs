using MedSeg.Errors;
using MedSeg.Files.Safetensors;
using MedSeg.Network.Definition;
using MedSeg.Network.Pyramid;
using MedSeg.Tests.Interchange;
using MedSeg.Training;
using MedSeg.Training.Optimization;
using TorchSharp;

namespace MedSeg.Tests.Training;

/// <summary>What a checkpoint file holds, and which files are refused.</summary>
public sealed class CheckpointFileTests : IDisposable
{
    private static readonly string s_model = Path.Combine(AppContext.BaseDirectory, "Golden", "format_2", "model.safetensors");

    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("medseg").FullName, "c.safetensors");
    private readonly Checkpoint _state = Checkpoint.Read(s_model).State;

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Weights_moments_and_average_come_back(bool isAveraged)
    {
        using var written = new Parts(1);
        using var read = new Parts(5);
        InterchangeData.Write(_path, _state.ToCheckpoint(written.Network.Parameters, written.Optimizer, isAveraged ? written.Average : null));

        (Checkpoint state, SafetensorsFile file) = Checkpoint.Read(_path);
        Checkpoint.Restore(file, _path, read.Network.Parameters, read.Optimizer, isAveraged ? read.Average : null);

        Assert.Equal(_state.Epoch, state.Epoch);
        Assert.Equal([1, 2, 3, isAveraged ? 4 : 8], read.Greatest);
        Assert.True(CheckpointFile.CanResume(file));

        // A model has the averaged weights if there are any, and nothing that only training needs.
        SafetensorsFile model = state.ToModel(file);
        Assert.False(CheckpointFile.CanResume(model));
        Assert.Equal(written.Network.Parameters.Shapes.Count, model.Tensors.Count);
        Assert.All(model.Tensors.Values, tensor => Assert.Equal(isAveraged ? 4 : 1, tensor.AsFloats()[0]));
        InterchangeData.Write(_path, state.ToModel(written.Network.Parameters, isAveraged ? written.Average : null));
        SafetensorsFile direct = SafetensorsFile.Read(_path);
        Assert.Equal(model.Tensors.Keys.Order(StringComparer.Ordinal), direct.Tensors.Keys.Order(StringComparer.Ordinal));
        Assert.All(direct.Tensors.Values, tensor => Assert.Equal(isAveraged ? 4 : 1, tensor.AsFloats()[0]));
    }

    [Theory]
    [InlineData("medseg.format", "3", "CheckpointVersion", "The file is a MedSeg model or checkpoint of format 3; this MedSeg reads format 2.", "Use the MedSeg version that wrote it, or train again.")]
    [InlineData("medseg.format", null, "CheckpointInvalid", "This is a safetensors file, but not a MedSeg model or checkpoint.", "If it contains the weights of a network, convert it with Import-MedSegModel.")]
    [InlineData("medseg.state", null, "CheckpointInvalid", "This is a safetensors file, but not a MedSeg model or checkpoint.", "If it contains the weights of a network, convert it with Import-MedSegModel.")]
    [InlineData("medseg.sha256", "00", "CheckpointDamaged", "The checksum is wrong: the file was damaged or edited.", "Copy the file again, or use another checkpoint.")]
    public void File_of_another_version_or_program_or_edited_is_refused(string key, string? value, string id, string finding, string advice)
    {
        SafetensorsFile model = SafetensorsFile.Read(s_model);
        var metadata = new Dictionary<string, string>(model.Metadata);
        metadata.Remove(key);
        if (value is not null)
        {
            metadata[key] = value;
        }

        var error = Assert.Throws<FileFormatException>(() => CheckpointFile.ReadState(new SafetensorsFile(model.Tensors, metadata), "c"));

        Assert.Equal((id, $"c: {finding}", advice), (error.ErrorId, error.Finding, error.Advice));
        Assert.Equal(key != "medseg.state", CheckpointFile.IsMedSeg(new SafetensorsFile(model.Tensors, metadata)));
    }

    [Fact]
    public void State_that_is_no_object_is_refused_with_advice()
    {
        var error = Assert.Throws<FileFormatException>(() => CheckpointState.FromJson("null", "c"));

        Assert.Equal(("CheckpointInvalid", "The file was damaged or edited. Copy it again, or use another checkpoint."), (error.ErrorId, error.Advice));
    }

    [Fact]
    public void Weights_that_are_not_finite_are_refused()
    {
        using var parts = new Parts(float.NaN);
        InterchangeData.Write(_path, _state.ToCheckpoint(parts.Network.Parameters, parts.Optimizer));

        Assert.ThrowsAny<MedSegException>(() => Checkpoint.Read(_path));
    }

    // A network, moments and average whose numbers are all the same: first, first + 1 and so on.
    private sealed class Parts : IDisposable
    {
        public Parts(float first)
        {
            Network = new PyramidNetwork(NetworkOptions.Published(16, 4) with { BaseWidth = 1 }, torch.CPU);
            Optimizer = new AdamOptimizer(Network.Parameters);
            Average = new WeightAverage(Network.Parameters, 0.9);
            using IDisposable noGradient = torch.no_grad();
            using DisposeScope scope = torch.NewDisposeScope();
            foreach ((torch.Tensor tensor, int index) in All.Select((tensor, index) => (tensor, index)))
            {
                tensor.copy_(torch.full_like(tensor, first + index));
            }
        }

        public PyramidNetwork Network { get; }

        public AdamOptimizer Optimizer { get; }

        public WeightAverage Average { get; }

        /// <summary>Gets the greatest number of each part.</summary>
        public float[] Greatest => [.. All.Select(tensor => tensor.detach().max().item<float>())];

        private torch.Tensor[] All => [Network.Parameters.Values, Optimizer.FirstMoment, Optimizer.SecondMoment, Average.Values];

        public void Dispose()
        {
            Average.Dispose();
            Optimizer.Dispose();
            Network.Dispose();
        }
    }
}
