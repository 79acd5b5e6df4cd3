using MedSeg.Augmentation;
using MedSeg.Data.Samples;
using MedSeg.Network;
using MedSeg.Network.Definition;
using MedSeg.Network.Layers;
using MedSeg.Network.Losses;
using MedSeg.Network.Pyramid;
using MedSeg.Tensors;
using MedSeg.Tests.Augmentation;
using MedSeg.Training;
using MedSeg.Training.Batches;
using MedSeg.Training.Optimization;
using TorchSharp;

namespace MedSeg.Tests.Network;

/// <summary>
/// A training step on torch's meta device, which knows shapes and devices but no values: a tensor that is made on the
/// CPU instead of the network's device fails there as it would on a GPU. Native torch has no convolution
/// there, so the layers are computed from elementary operations; that these give the same is tested on the CPU.
/// </summary>
public sealed class MetaDeviceTests
{
    private static readonly torch.Device s_meta = torch.device(DeviceType.META, 0);

    [Fact]
    public void Elementary_operations_compute_what_torch_does()
    {
        var golden = new GoldenCase("pyramid_32_2");
        using DisposeScope scope = torch.NewDisposeScope();
        using var network = new PyramidNetwork(golden.Options, torch.CPU, new ElementaryOperations());
        network.Parameters.Load(golden.Weights().Tensors, "golden");

        torch.Tensor stage2 = network.Predict(golden.Floats("input.npy"));

        Assert.InRange((stage2 - golden.Floats("stage2.npy")).abs().max().item<float>(), 0, 1e-4);
    }

    [Fact]
    public void Elementary_operations_compute_a_UNet_as_torch_does()
    {
        var golden = new NetworkGolden("unet_32_2");
        using DisposeScope scope = torch.NewDisposeScope();
        using SegmentationNetwork network = SegmentationNetworks.Create(golden.Options, torch.CPU, new ElementaryOperations());
        network.Parameters.Load(golden.Weights(), "golden");

        torch.Tensor rois = network.Predict(golden.Floats("wide.npy")).narrow(1, 1, 2);

        Assert.InRange((rois - golden.Floats("wide_output.npy")).abs().max().item<float>(), 0, 1e-4);
    }

    [Fact]
    public void Tensor_of_another_device_is_found()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using var network = new PyramidNetwork(NetworkOptions.Published(32, 2), s_meta, new ElementaryOperations());

        Assert.ThrowsAny<Exception>(() => network.Forward(torch.zeros(1, 1, 32, 32), training: false));
    }

    [Theory]
    [InlineData(LossFunction.Dice)]
    [InlineData(LossFunction.BatchDiceCrossEntropy)]
    [InlineData(LossFunction.BatchDiceCrossEntropy, NetworkArchitecture.PyramidNorm)]
    [InlineData(LossFunction.BatchDiceCrossEntropy, NetworkArchitecture.UNet)]
    public void Training_step_makes_no_tensor_on_another_device(LossFunction loss, NetworkArchitecture architecture = NetworkArchitecture.Pyramid)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using SegmentationNetwork network = SegmentationNetworks.Create(NetworkOptions.Published(32, 2) with { Architecture = architecture }, s_meta, new ElementaryOperations());
        using var optimizer = new AdamOptimizer(network.Parameters);

        (torch.Tensor image, torch.Tensor label) = BatchSampler.ToTensors(new float[2 * 32 * 32], new byte[2 * 32 * 32], count: 2, new InputShape(1, 32), s_meta);
        torch.Tensor losses = TrainingStep.Take(network.Train, optimizer, image, label, learningRate: 1e-3, new TrainingOptions { Loss = loss, GradientClip = 1 });

        Assert.Equal(DeviceType.META, losses.device_type);
        Assert.Equal(DeviceType.META, network.Parameters.Values.device_type);
        Assert.All(network.Parameters.Shapes, shape => Assert.Equal(shape.Shape, network.Parameters[shape.Name].grad!.shape));
        Assert.Equal(1, optimizer.Steps);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Epoch_with_every_transform_reads_no_value(bool isResident)
    {
        const int size = 32;
        var options = new TrainingOptions
        {
            BatchSize = 3,
            AugmentationProbability = 1,
            IntensityProbability = 1,
            ElasticShift = 0.05,
            BlurSigma = 1.5,
            NoiseDeviation = 0.2,
            ContrastRange = 0.3,
            GammaRange = 0.3,
            LowResolutionFactor = 2,
            Loss = LossFunction.BatchDiceCrossEntropy,
            GradientClip = 1,
            WeightAveraging = 0.9,
        };
        Sample[] samples = [.. Enumerable.Range(0, 10).Select(i => Slice(i, size))];
        var operations = new ElementarySliceOperations();
        using DisposeScope scope = torch.NewDisposeScope();
        using var network = new PyramidNetwork(NetworkOptions.Published(size, 2), s_meta, new ElementaryOperations());
        using var optimizer = new AdamOptimizer(network.Parameters);
        using var average = new WeightAverage(network.Parameters, options.WeightAveraging);
        using var path = new BatchPipeline(new BatchSampler(samples[..7], new InputShape(1, size), options.Batches), new InputShape(1, size), s_meta, new DeviceAugmentation(size, s_meta, operations), isResident ? new DeviceDataset(samples[..7], samples[7..], new InputShape(1, size), s_meta, operations) : null);
        using var feed = new BatchPrefetcher(path, epoch: 1, firstStep: 0);
        var losses = new List<torch.Tensor>();

        for (int step = 0; step < path.Source.StepsPerEpoch; step++)
        {
            (torch.Tensor images, torch.Tensor labels) = feed.Next(seed: 1);
            Assert.Equal((DeviceType.META, DeviceType.META), (images.device_type, labels.device_type));
            Assert.Equal([step < 2 ? 3 : 1, 1, size, size], images.shape);
            losses.Add(TrainingStep.Take(network.Train, optimizer, images, labels, 1e-3, options));
            average.Update(optimizer.Steps);
        }

        Assert.Equal(3, optimizer.Steps);
        Assert.All(losses, loss => Assert.ThrowsAny<Exception>(() => loss.cpu()));
        if (path.Resident is not null)
        {
            torch.Tensor probabilities = network.Predict(path.Resident.Validation(0, 3));
            Assert.Equal([3, 3, size, size], probabilities.shape);
        }
    }

    private static Sample Slice(int number, int size) => new()
    {
        Name = $"{number}",
        ImagePath = null,
        LabelPath = null,
        Patient = $"{number}",
        Rows = size,
        Columns = size,
        Values = [],
        Problems = [],
        Pixels = new InMemorySlice(new float[size * size], new byte[size * size]),
    };

    /// <summary>The layers by padding, slicing, matrix products and sums alone.</summary>
    private sealed class ElementaryOperations : LayerOperations
    {
        public override torch.Tensor Convolve(torch.Tensor x, torch.Tensor weight, torch.Tensor bias, int stride, int padding, int dilation)
        {
            int side = (int)weight.shape[2];
            torch.Tensor padded = torch.nn.functional.pad(x, [padding, padding, padding, padding]);
            long rows = ((padded.shape[2] - ((side - 1) * dilation) - 1) / stride) + 1;
            long columns = ((padded.shape[3] - ((side - 1) * dilation) - 1) / stride) + 1;
            torch.Tensor sum = bias.view(1, -1, 1, 1);
            for (int i = 0; i < side; i++)
            {
                for (int j = 0; j < side; j++)
                {
                    torch.Tensor part = padded
                        .slice(2, i * dilation, (i * dilation) + ((rows - 1) * stride) + 1, stride)
                        .slice(3, j * dilation, (j * dilation) + ((columns - 1) * stride) + 1, stride);
                    sum = sum.Plus(Mix(part, weight.select(3, j).select(2, i)));
                }
            }

            return sum;
        }

        public override torch.Tensor Upsample(torch.Tensor x, torch.Tensor weight, torch.Tensor bias)
        {
            torch.Tensor[] rows = [.. Enumerable.Range(0, 2).Select(i =>
                torch.stack([.. Enumerable.Range(0, 2).Select(j => Mix(x, weight.select(3, j).select(2, i).transpose(0, 1)))], 4))];
            torch.Tensor spread = torch.stack(rows, 3);
            return spread.reshape(x.shape[0], -1, 2 * x.shape[2], 2 * x.shape[3]).Plus(bias.view(1, -1, 1, 1));
        }

        public override torch.Tensor Normalize(torch.Tensor x, NormParameters norm)
        {
            torch.Tensor centered = x.Minus(x.mean([2, 3], keepdim: true));
            torch.Tensor variance = (centered * centered).mean([2, 3], keepdim: true);
            return (centered / variance.Plus(NormParameters.Epsilon).sqrt() * norm.Scale.view(1, -1, 1, 1)).Plus(norm.Shift.view(1, -1, 1, 1));
        }

        public override torch.Tensor Rectify(torch.Tensor x, torch.Tensor slope)
        {
            torch.Tensor above = torch.nn.functional.leaky_relu(x, 0);
            return above.Plus(slope.view(1, -1, 1, 1) * x.Minus(above));
        }

        // [O, C] × [B, C, H, W] → [B, O, H, W]
        private static torch.Tensor Mix(torch.Tensor x, torch.Tensor matrix) =>
            torch.matmul(matrix, x.reshape(x.shape[0], x.shape[1], -1)).reshape(x.shape[0], -1, x.shape[2], x.shape[3]);
    }
}
