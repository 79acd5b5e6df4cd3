using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MedSeg.Network;

/// <summary>
/// The two-stage multi-scale pyramid network (Roth et al. 2018; Dourthe et al. 2021): two V-shaped stages of the same
/// form, of which the second sees the image together with the first one's probabilities.
/// </summary>
public sealed class PyramidNetwork : IDisposable
{
    private readonly LayerOperations _operations;

    // The meta device draws nothing and has no generator.
    private readonly Generator? _draws;

    /// <summary>Initializes a new instance of the <see cref="PyramidNetwork"/> class; its parameters are zero.</summary>
    /// <param name="options">The form of the network.</param>
    /// <param name="device">The device that computes it.</param>
    /// <param name="operations">How the layers are computed, or null for torch's own way.</param>
    /// <exception cref="MedSegException">The options are out of range.</exception>
    internal PyramidNetwork(NetworkOptions options, Device device, LayerOperations? operations = null)
    {
        _operations = operations ?? new LayerOperations();
        Options = options;
        Parameters = new NetworkParameters(PyramidLayout.Parameters(options), device);
        _draws = device.type == DeviceType.META ? null : new Generator(0, device);
    }

    /// <summary>Gets the form of the network.</summary>
    public NetworkOptions Options { get; }

    /// <summary>Gets the parameters.</summary>
    public NetworkParameters Parameters { get; }

    /// <summary>
    /// Seeds what dropout draws next. The numbers are this network's own, not torch's global ones: two runs at once in one
    /// process, on whatever threads, don't disturb each other.
    /// </summary>
    /// <param name="seed">Any number; the same gives the same draws on the same kind of device.</param>
    internal void Reseed(ulong seed) => _draws?.manual_seed((long)(seed >> 1));

    /// <summary>Computes the probabilities of both stages.</summary>
    /// <param name="image">The normalised images, [B, 1, S, S] float32.</param>
    /// <param name="training">Whether dropout is active.</param>
    /// <returns>The probabilities of stage 1 and stage 2, each [B, K + 1, S, S], at each pixel adding up to 1.</returns>
    internal (Tensor Stage1, Tensor Stage2) Forward(Tensor image, bool training)
    {
        RequireShape(image);
        using DisposeScope scope = NewDisposeScope();
        int size = Options.InputSize;
        Tensor coarse = Resize(image, size / 2);
        Tensor first = Resize(Stage("stage1", coarse, training), size);
        Tensor second = Stage("stage2", cat([first, image], 1), training);
        return (first.MoveToOuterDisposeScope(), second.MoveToOuterDisposeScope());
    }

    /// <summary>Sets a share of the values to zero and scales the rest to keep the mean (Srivastava et al. 2014).</summary>
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

    private Tensor Stage(string stage, Tensor input, bool training)
    {
        using DisposeScope scope = NewDisposeScope();

        // The one-channel image is added to every channel of the first level; stage 2's input has too many for that.
        Tensor e1 = Chain($"{stage}.encoder1", input, PyramidLayout.EncoderDilations[0]);
        if (input.shape[1] == 1)
        {
            e1 = e1.Plus(input);
        }

        Tensor e2 = Encode(stage, 2, e1, training);
        Tensor e3 = Encode(stage, 3, e2, training);
        Tensor e4 = Encode(stage, 4, e3, training);

        Tensor d1 = Chain($"{stage}.decoder1", e4, PyramidLayout.DecoderDepths[0]).Plus(Convolve($"{stage}.down_conv4", 0, e4, padding: 1));
        d1 = Drop(d1, training);
        Tensor d2 = Drop(Decode(stage, 2, d1, e3), training);
        Tensor d3 = Drop(Decode(stage, 3, d2, e2), training);
        Tensor d4 = Decode(stage, 4, d3, e1);
        Tensor logits = _operations.Convolve(d4, Parameters[$"{stage}.map.0.weight"], Parameters[$"{stage}.map.0.bias"], stride: 1, padding: 0, dilation: 1);
        return logits.softmax(1).MoveToOuterDisposeScope();
    }

    private Tensor Encode(string stage, int level, Tensor above, bool training)
    {
        Tensor down = Convolve($"{stage}.down_conv{level - 1}", 0, above, stride: 2);
        return Drop(Chain($"{stage}.encoder{level}", down, PyramidLayout.EncoderDilations[level - 1]).Plus(down), training);
    }

    private Tensor Decode(string stage, int level, Tensor below, Tensor skip)
    {
        string name = $"{stage}.up_conv{level - 1}";
        Tensor up = _operations.Upsample(below, Parameters[$"{name}.0.weight"], Parameters[$"{name}.0.bias"]);
        up = _operations.Rectify(up, Parameters[$"{name}.1.weight"]);
        return Chain($"{stage}.decoder{level}", cat([up, skip], 1), PyramidLayout.DecoderDepths[level - 1]).Plus(up);
    }

    private Tensor Chain(string prefix, Tensor x, int depth)
    {
        for (int i = 0; i < depth; i++)
        {
            x = Convolve(prefix, 2 * i, x, padding: 1);
        }

        return x;
    }

    private Tensor Chain(string prefix, Tensor x, int[] dilations)
    {
        for (int i = 0; i < dilations.Length; i++)
        {
            x = Convolve(prefix, 2 * i, x, padding: dilations[i], dilation: dilations[i]);
        }

        return x;
    }

    private Tensor Convolve(string prefix, int index, Tensor x, int stride = 1, int padding = 0, int dilation = 1)
    {
        Tensor y = _operations.Convolve(x, Parameters[$"{prefix}.{index}.weight"], Parameters[$"{prefix}.{index}.bias"], stride, padding, dilation);
        return _operations.Rectify(y, Parameters[$"{prefix}.{index + 1}.weight"]);
    }
}
