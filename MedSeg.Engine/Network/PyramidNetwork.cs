using MedSeg.Devices;
using MedSeg.Errors;
using MedSeg.Network.Cpu;
using MedSeg.Network.Layers;
using MedSeg.Tensors;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MedSeg.Network;

/// <summary>
/// The two-stage multi-scale pyramid network (Roth et al. 2018; Dourthe et al. 2021): two V-shaped stages of the same
/// form. The second receives the image together with the probabilities of the first.
/// </summary>
internal sealed class PyramidNetwork : IDisposable
{
    private readonly LayerOperations _operations;
    private readonly bool _isOnCpu;

    // The meta device draws no numbers and has no generator.
    private readonly Generator? _draws;
    private ulong _seed;
    private ulong _passes;

    /// <summary>Initializes a new instance of the <see cref="PyramidNetwork"/> class; its parameters are zero.</summary>
    /// <param name="options">The architecture of the network.</param>
    /// <param name="device">The device that computes the network.</param>
    /// <param name="operations">The operations that compute the layers; null for torch's own.</param>
    /// <exception cref="MedSegException">The options are out of range.</exception>
    internal PyramidNetwork(NetworkOptions options, Device device, LayerOperations? operations = null)
    {
        _operations = operations ?? new LayerOperations();
        _isOnCpu = operations is null && device.type == DeviceType.CPU;
        Options = options;
        Parameters = new NetworkParameters(PyramidLayout.Parameters(options), device);
        _draws = device.type == DeviceType.META ? null : new Generator(0, device);
    }

    /// <summary>Gets the architecture of the network.</summary>
    public NetworkOptions Options { get; }

    /// <summary>Gets what computes the convolutions on the CPU.</summary>
    internal ConvolutionPath Convolutions { get; init; } = CpuFeatures.Convolutions;

    /// <summary>Gets the parameters.</summary>
    public NetworkParameters Parameters { get; }

    /// <summary>
    /// Seeds dropout. The network has random numbers of its own, independent of torch's global ones, so runs in the same process do not
    /// affect each other.
    /// </summary>
    /// <param name="seed">The seed: the same seed gives the same numbers on the same kind of device.</param>
    internal void Reseed(ulong seed)
    {
        _draws?.manual_seed((long)(seed >> 1));
        (_seed, _passes) = (seed, 0);
    }

    /// <summary>Computes the probabilities of both stages.</summary>
    /// <param name="image">The normalised images, [B, 1, S, S] float32.</param>
    /// <param name="training">Whether dropout is active and torch records gradients.</param>
    /// <returns>The probabilities of stage 1 and stage 2, each [B, K + 1, S, S]; their sum is 1 at each pixel.</returns>
    internal (Tensor Stage1, Tensor Stage2) Forward(Tensor image, bool training)
    {
        if (training || !_isOnCpu)
        {
            return Forward(new TorchLayers(_operations, x => Drop(x, training)), image);
        }

        using IDisposable noGradient = no_grad();
        return Forward(new CpuLayers(Options.DropoutRate, seed: 0, isTraining: false, Convolutions), image);
    }

    /// <summary>Computes the probabilities of both stages, for training.</summary>
    /// <param name="image">The normalised images, [B, 1, S, S] float32.</param>
    /// <returns>The probabilities, and the backward pass from a loss to the parameters.</returns>
    internal TrainingPass Train(Tensor image)
    {
        if (!_isOnCpu)
        {
            (Tensor stage1, Tensor stage2) = Forward(image, training: true);
            return new TrainingPass(stage1, stage2);
        }

        var blocks = new CpuLayers(Options.DropoutRate, SampleRandom.Mix(_seed + _passes++), isTraining: true, Convolutions);
        (Tensor first, Tensor second) = Forward(blocks, image);
        return new TrainingPass(first, second, blocks.Backward, blocks);
    }

    /// <summary>Sets a fraction of the values to zero and scales the rest to preserve the mean (Srivastava et al. 2014).</summary>
    internal Tensor Drop(Tensor x, bool training)
    {
        if (!training || Options.DropoutRate <= 0)
        {
            return x;
        }

        double kept = 1 - Options.DropoutRate;
        Tensor mask;
        using (no_grad())
        {
            mask = empty_like(x).bernoulli_(kept, _draws).DividedInPlace(kept);
        }

        return x * mask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _draws?.Dispose();
        Parameters.Dispose();
    }

    private static Tensor Resize(Tensor x, int size) =>
        functional.interpolate(x, [size, size], mode: InterpolationMode.Bilinear, align_corners: false);

    private void RequireShape(Tensor image)
    {
        long[] shape = image.shape;
        if (shape is not [_, 1, long rows, long columns] || rows != Options.InputSize || columns != Options.InputSize || image.dtype != ScalarType.Float32)
        {
            throw new ArgumentException($"Expected [B, 1, {Options.InputSize}, {Options.InputSize}] float32, got [{string.Join(", ", shape)}] {image.dtype}.", nameof(image));
        }
    }

    private (Tensor Stage1, Tensor Stage2) Forward(PyramidLayers blocks, Tensor image)
    {
        RequireShape(image);
        using DisposeScope scope = NewDisposeScope();
        int size = Options.InputSize;
        Tensor first = blocks.Pass(Resize(Stage(blocks, "stage1", Resize(image, size / 2)), size));
        Tensor second = Stage(blocks, "stage2", blocks.Join(first, image));
        return (first.MoveToOuterDisposeScope(), second.MoveToOuterDisposeScope());
    }

    private Tensor Stage(PyramidLayers blocks, string stage, Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();

        // The one-channel image is added to every channel of the first level; stage 2's input has too many for that.
        Tensor e1 = Chain(blocks, $"{stage}.encoder1", input, PyramidLayout.EncoderDilations[0], input.shape[1] == 1 ? input : null, drops: false);
        Tensor e2 = Encode(blocks, stage, 2, e1);
        Tensor e3 = Encode(blocks, stage, 3, e2);
        Tensor e4 = Encode(blocks, stage, 4, e3);

        Tensor deepest = blocks.Convolve(Layer($"{stage}.down_conv4", 0), e4, stride: 1, padding: 1, dilation: 1);
        Tensor d1 = Chain(blocks, $"{stage}.decoder1", e4, PyramidLayout.DecoderDilations[0], deepest, drops: true);
        Tensor d2 = Decode(blocks, stage, 2, d1, e3);
        Tensor d3 = Decode(blocks, stage, 3, d2, e2);
        Tensor d4 = Decode(blocks, stage, 4, d3, e1);
        return blocks.Map(Parameters[$"{stage}.map.0.weight"], Parameters[$"{stage}.map.0.bias"], d4).MoveToOuterDisposeScope();
    }

    private Tensor Encode(PyramidLayers blocks, string stage, int level, Tensor above)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor down = blocks.Convolve(Layer($"{stage}.down_conv{level - 1}", 0), above, stride: 2, padding: 0, dilation: 1);
        return Chain(blocks, $"{stage}.encoder{level}", down, PyramidLayout.EncoderDilations[level - 1], down, drops: true).MoveToOuterDisposeScope();
    }

    // The last level has no dropout.
    private Tensor Decode(PyramidLayers blocks, string stage, int level, Tensor below, Tensor skip)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor up = blocks.Upsample(Layer($"{stage}.up_conv{level - 1}", 0), below);
        return Chain(blocks, $"{stage}.decoder{level}", blocks.Join(up, skip), PyramidLayout.DecoderDilations[level - 1], up, drops: level < 4).MoveToOuterDisposeScope();
    }

    // Padding equals dilation, so all images of a level have the same size.
    private Tensor Chain(PyramidLayers blocks, string prefix, Tensor x, int[] dilations, Tensor? added, bool drops)
    {
        using DisposeScope scope = NewDisposeScope();
        for (int i = 0; i < dilations.Length; i++)
        {
            LayerParameters layer = Layer(prefix, 2 * i);
            int dilation = dilations[i];
            x = added is not null && i == dilations.Length - 1
                ? blocks.ConvolveAndAdd(layer, x, added, dilation, dilation, drops)
                : blocks.Convolve(layer, x, stride: 1, dilation, dilation);
        }

        return x.MoveToOuterDisposeScope();
    }

    private LayerParameters Layer(string prefix, int index) =>
        new(Parameters[$"{prefix}.{index}.weight"], Parameters[$"{prefix}.{index}.bias"], Parameters[$"{prefix}.{index + 1}.weight"]);
}
