using MedSeg.Devices;
using MedSeg.Network.Layers;
using MedSeg.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Network.Cpu;

/// <summary>
/// The building blocks of the network on the CPU, differentiated convolution by convolution. The operations between convolutions take one pass
/// over memory in each direction, in place. See docs/speed.md for what that saves.
/// </summary>
/// <param name="dropoutRate">The fraction of values that are dropped.</param>
/// <param name="seed">The seed of dropout.</param>
/// <param name="isTraining">Whether to apply dropout, and to keep what <see cref="Backward"/> requires.</param>
/// <param name="path">What computes the convolutions.</param>
internal sealed unsafe class CpuLayers(double dropoutRate, ulong seed, bool isTraining, ConvolutionPath path) : NetworkLayers, IDisposable
{
    private readonly Stack<Action> _steps = new();

    // The values with gradients, and the gradients that have reached each so far; torch's convolutions add theirs to the tensor itself.
    private readonly Dictionary<Tensor, List<Tensor>> _shares = new(ReferenceEqualityComparer.Instance);
    private readonly List<IDisposable> _kept = [];
    private int _drops;

    /// <inheritdoc/>
    public override Tensor Convolve(in LayerParameters layer, Tensor x, int stride, int padding, int dilation) =>
        Activate(layer, x, new Conv2dGeometry((int)layer.Weight.shape[2], stride, padding, dilation), isTransposed: false, other: null, mask: null);

    /// <inheritdoc/>
    public override Tensor ConvolveAndAdd(in LayerParameters layer, Tensor x, Tensor? other, int padding, int dilation, bool drops)
    {
        DropoutMask? mask = isTraining && drops && dropoutRate > 0 ? new DropoutMask(dropoutRate, SampleRandom.Mix(seed + (ulong)++_drops)) : null;
        return Activate(layer, x, new Conv2dGeometry((int)layer.Weight.shape[2], Stride: 1, padding, dilation), isTransposed: false, other, mask);
    }

    /// <inheritdoc/>
    public override Tensor Upsample(in LayerParameters layer, Tensor x) =>
        Activate(layer, x, new Conv2dGeometry(Side: 2, Stride: 2, Padding: 0, Dilation: 1), isTransposed: true, other: null, mask: null);

    /// <inheritdoc/>
    public override Tensor Join(Tensor first, Tensor second)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor joined = path == ConvolutionPath.Torch ? cat([first, second], 1) : ChannelsLastView.Join(first, second);
        if (!isTraining)
        {
            return joined.MoveToOuterDisposeScope();
        }

        // The joined image is a copy, so the originals can be disposed of.
        Tensor leaf = Leaf(joined);
        int channels = (int)first.shape[1];
        Replace(first, leaf.detach().narrow(1, 0, channels));
        _steps.Push(() =>
        {
            using DisposeScope scope = NewDisposeScope();
            using Tensor gradient = GradientsOf(leaf)[0];
            ShareOut(first, gradient.narrow(1, 0, channels));
            ShareOut(second, gradient.narrow(1, channels, gradient.shape[1] - channels));
            leaf.Dispose();
        });
        return leaf;
    }

    /// <inheritdoc/>
    public override Tensor Map(Tensor weight, Tensor bias, Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        var convolution = Conv2dNode.Compute(new LayerParameters(weight, bias, Slope: bias), x, new Conv2dGeometry(Side: 1, Stride: 1, Padding: 0, Dilation: 1), isTransposed: false, isTraining, path);
        using ChannelsLastView values = convolution.Values;
        if (!isTraining)
        {
            convolution.Dispose();
            return values.ToImage().softmax(1).MoveToOuterDisposeScope();
        }

        _kept.Add(convolution);
        Tensor leaf = Keep(values.ToImage());
        leaf.requires_grad = true;
        _steps.Push(() =>
        {
            using DisposeScope scope = NewDisposeScope();
            using ChannelsLastView gradient = ChannelsLastView.Of(leaf.grad!);
            if (convolution.LeavesBias)
            {
                bias.grad!.PlusInPlace(leaf.grad!.sum([0, 2, 3]), 1);
            }

            GoBack(convolution, x, gradient);
            leaf.Dispose();
        });
        return leaf.softmax(1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Pass(Tensor x)
    {
        if (!isTraining)
        {
            return x;
        }

        Tensor before = Keep(x);
        Tensor leaf = Leaf(x.detach());
        leaf.requires_grad = true;
        _steps.Push(() =>
        {
            using DisposeScope scope = NewDisposeScope();
            List<Tensor> gradients = GradientsOf(leaf);
            before.backward([gradients.Count == 2 ? gradients[0].Plus(gradients[1]) : gradients[0]]);
            before.Dispose();
            leaf.Dispose();
            gradients.ForEach(gradient => gradient.Dispose());
        });
        return leaf;
    }

    /// <summary>Backpropagates from the probabilities, whose gradients are known, and adds to the gradients of the parameters.</summary>
    public void Backward()
    {
        while (_steps.TryPop(out Action? step))
        {
            step();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kept.ForEach(kept => kept.Dispose());
        foreach (Tensor share in _shares.Values.SelectMany(shares => shares))
        {
            share.Dispose();
        }
    }

    // The result replaces the values of the convolution in place: with positive slopes, they can be computed back from the result.
    private Tensor Activate(in LayerParameters layer, Tensor x, Conv2dGeometry geometry, bool isTransposed, Tensor? other, DropoutMask? mask)
    {
        if (!isTraining)
        {
            using ChannelsLastView? summand = other is null ? null : ChannelsLastView.Of(other);
            var following = new PReluEpilogue(layer, summand, mask: null);
            using var once = Conv2dNode.Compute(layer, x, geometry, isTransposed, wantsInput: false, path, following);
            using ChannelsLastView values = once.Values;
            if (!once.IsActivated)
            {
                PReluKernel.Forward(values, following, values);
            }

            return values.ToImage();
        }

        LayerParameters parameters = layer;
        Tensor input = KeepValue(x);
        other = other is null ? null : KeepValue(other);
        using ChannelsLastView? added = other is null ? null : ChannelsLastView.Of(other);
        var activation = new PReluEpilogue(layer, added, mask);
        bool isInvertible = activation.IsInvertible();
        var convolution = Conv2dNode.Compute(layer, input, geometry, isTransposed, _shares.ContainsKey(input), path, isInvertible ? activation : null);
        _kept.Add(convolution);
        ChannelsLastView rows = convolution.Values;
        using ChannelsLastView? apart = isInvertible ? null : Empty(rows);
        if (!convolution.IsActivated)
        {
            PReluKernel.Forward(rows, activation, apart ?? rows);
        }

        Tensor result = Leaf((apart ?? rows).ToImage());
        if (isInvertible)
        {
            rows.Dispose();
        }
        else
        {
            _kept.Add(rows);
        }

        _steps.Push(() =>
        {
            using DisposeScope scope = NewDisposeScope();
            using ChannelsLastView values = isInvertible ? ChannelsLastView.Of(result) : rows;
            using ChannelsLastView? added = other is null ? null : ChannelsLastView.Of(other);
            List<Tensor> gradients = GradientsOf(result);
            using ChannelsLastView first = ChannelsLastView.Of(gradients[0]);
            using ChannelsLastView? second = gradients.Count == 2 ? ChannelsLastView.Of(gradients[1]) : null;
            gradients.ForEach(gradient => gradient.Dispose());
            using ChannelsLastView? fresh = first.IsDense || second is { IsDense: true } ? null : Empty(values);
            ChannelsLastView sum = fresh ?? (first.IsDense ? first : second!);
            ChannelsLastView back = other is null ? sum : values;
            float* biasGradient = convolution.LeavesBias ? TensorMemory.Start(parameters.Bias.grad!) : null;
            PReluKernel.Backward((first, second), values, isInvertible, new PReluEpilogue(parameters, added, mask), other is null ? null : sum, back, TensorMemory.Start(parameters.Slope.grad!), biasGradient);
            if (other is not null && other.shape[1] == values.Channels)
            {
                ShareOut(other, sum.ToImage());
            }

            result.Dispose();
            GoBack(convolution, input, back);
        });
        return result;
    }

    private void GoBack(Conv2dNode convolution, Tensor x, ChannelsLastView gradient)
    {
        if (convolution.Backward(gradient) is { } share)
        {
            ShareOut(x, share);
        }

        convolution.Dispose();
    }

    // Replaces the memory of a value by another block with the same content.
    private static void Replace(Tensor value, Tensor same)
    {
        using DisposeScope scope = NewDisposeScope();
        value.set_(same);
    }

    private static ChannelsLastView Empty(ChannelsLastView like)
    {
        using Tensor image = like.ToImage();
        using Tensor empty = empty_like(image);
        return ChannelsLastView.Of(empty);
    }

    private Tensor Leaf(Tensor values)
    {
        _shares.Add(Keep(values), []);
        return values;
    }

    // An image that backpropagation requires: a value that is kept already, or one from outside.
    private Tensor KeepValue(Tensor values) => _shares.ContainsKey(values) ? values : Keep(values.alias());

    private Tensor Keep(Tensor tensor)
    {
        _kept.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }

    private void ShareOut(Tensor value, Tensor gradient)
    {
        if (_shares.TryGetValue(value, out List<Tensor>? shares))
        {
            shares.Add(gradient.DetachFromDisposeScope());
        }
    }

    // One or two gradients, owned by the caller.
    private List<Tensor> GradientsOf(Tensor value)
    {
        List<Tensor> gradients = [.. _shares[value]];
        _shares[value].Clear();
        if (value.grad is { } own)
        {
            gradients.Insert(0, own.DetachFromDisposeScope());
        }

        return gradients.Count <= 2 ? gradients : throw new InvalidOperationException("No block's result is used more than twice.");
    }
}
