using MedSeg.Augmentation;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Network;

/// <summary>
/// The network's blocks on the processor, differentiated convolution by convolution. What lies between convolutions is one pass over
/// memory each way, in place. See docs/speed.md for what that saves.
/// </summary>
/// <param name="dropoutRate">The share of values that are dropped.</param>
/// <param name="seed">Seeds what is dropped.</param>
/// <param name="isTraining">Whether to drop values, and to keep what <see cref="Backward"/> needs.</param>
/// <param name="usesKernel">Whether <see cref="ConvolutionKernel"/> convolves, and not torch.</param>
internal sealed unsafe class ProcessorBlocks(double dropoutRate, ulong seed, bool isTraining, bool usesKernel) : PyramidBlocks, IDisposable
{
    private readonly Stack<Action> _steps = new();

    // The values that have gradients, with what has reached each; torch's convolutions leave theirs in the value itself.
    private readonly Dictionary<Tensor, List<Tensor>> _shares = new(ReferenceEqualityComparer.Instance);
    private readonly List<IDisposable> _kept = [];
    private int _drops;

    /// <inheritdoc/>
    public override Tensor Convolve(in LayerParameters layer, Tensor x, int stride, int padding, int dilation) =>
        Activate(layer, x, new ConvolutionForm((int)layer.Weight.shape[2], stride, padding, dilation), isTransposed: false, other: null, mask: null);

    /// <inheritdoc/>
    public override Tensor ConvolveAndAdd(in LayerParameters layer, Tensor x, Tensor other, int padding, int dilation, bool drops)
    {
        DropoutMask? mask = isTraining && drops && dropoutRate > 0 ? new DropoutMask(dropoutRate, SampleRandom.Mix(seed + (ulong)++_drops)) : null;
        return Activate(layer, x, new ConvolutionForm((int)layer.Weight.shape[2], Stride: 1, padding, dilation), isTransposed: false, other, mask);
    }

    /// <inheritdoc/>
    public override Tensor Upsample(in LayerParameters layer, Tensor x) =>
        Activate(layer, x, new ConvolutionForm(Side: 2, Stride: 2, Padding: 0, Dilation: 1), isTransposed: true, other: null, mask: null);

    /// <inheritdoc/>
    public override Tensor Join(Tensor first, Tensor second)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor joined = usesKernel ? PixelRows.Join(first, second) : cat([first, second], 1);
        if (!isTraining)
        {
            return joined.MoveToOuterDisposeScope();
        }

        // What was joined is there a second time now, and the first can go.
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
        var convolution = Convolution.Compute(new LayerParameters(weight, bias, Slope: bias), x, new ConvolutionForm(Side: 1, Stride: 1, Padding: 0, Dilation: 1), isTransposed: false, isTraining, usesKernel);
        using PixelRows values = convolution.Values;
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
            using PixelRows gradient = PixelRows.Of(leaf.grad!);
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

    /// <summary>Goes back from the probabilities, whose gradients are there, to the parameters, and adds to their gradients.</summary>
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

    // The convolution's values become the result's in their place: of positive slopes, the result tells what they were.
    private Tensor Activate(in LayerParameters layer, Tensor x, ConvolutionForm form, bool isTransposed, Tensor? other, DropoutMask? mask)
    {
        if (!isTraining)
        {
            using PixelRows? summand = other is null ? null : PixelRows.Of(other);
            var following = new Activation(layer, summand, mask: null);
            using var once = Convolution.Compute(layer, x, form, isTransposed, wantsInput: false, usesKernel, following);
            using PixelRows values = once.Values;
            if (!once.IsActivated)
            {
                ActivationKernel.Forward(values, following, values);
            }

            return values.ToImage();
        }

        LayerParameters parameters = layer;
        Tensor input = KeepValue(x);
        other = other is null ? null : KeepValue(other);
        using PixelRows? added = other is null ? null : PixelRows.Of(other);
        var activation = new Activation(layer, added, mask);
        bool isInvertible = activation.IsInvertible();
        var convolution = Convolution.Compute(layer, input, form, isTransposed, _shares.ContainsKey(input), usesKernel, isInvertible ? activation : null);
        _kept.Add(convolution);
        PixelRows rows = convolution.Values;
        using PixelRows? apart = isInvertible ? null : Empty(rows);
        if (!convolution.IsActivated)
        {
            ActivationKernel.Forward(rows, activation, apart ?? rows);
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
            using PixelRows values = isInvertible ? PixelRows.Of(result) : rows;
            using PixelRows? added = other is null ? null : PixelRows.Of(other);
            List<Tensor> gradients = GradientsOf(result);
            using PixelRows first = PixelRows.Of(gradients[0]);
            using PixelRows? second = gradients.Count == 2 ? PixelRows.Of(gradients[1]) : null;
            gradients.ForEach(gradient => gradient.Dispose());
            using PixelRows? fresh = first.IsDense || second is { IsDense: true } ? null : Empty(values);
            PixelRows sum = fresh ?? (first.IsDense ? first : second!);
            PixelRows back = other is null ? sum : values;
            float* biasGradient = convolution.LeavesBias ? TensorMemory.Start(parameters.Bias.grad!) : null;
            ActivationKernel.Backward((first, second), values, isInvertible, new Activation(parameters, added, mask), other is null ? null : sum, back, TensorMemory.Start(parameters.Slope.grad!), biasGradient);
            if (other is not null && other.shape[1] == values.Channels)
            {
                ShareOut(other, sum.ToImage());
            }

            result.Dispose();
            GoBack(convolution, input, back);
        });
        return result;
    }

    private void GoBack(Convolution convolution, Tensor x, PixelRows gradient)
    {
        if (convolution.Backward(gradient) is { } share)
        {
            ShareOut(x, share);
        }

        convolution.Dispose();
    }

    // Gives a value other memory that holds the same.
    private static void Replace(Tensor value, Tensor same)
    {
        using DisposeScope scope = NewDisposeScope();
        value.set_(same);
    }

    private static PixelRows Empty(PixelRows like)
    {
        using Tensor image = like.ToImage();
        using Tensor empty = empty_like(image);
        return PixelRows.Of(empty);
    }

    private Tensor Leaf(Tensor values)
    {
        _shares.Add(Keep(values), []);
        return values;
    }

    // What is needed on the way back: a value that is kept already, or what came from outside.
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

    // One or two. They are the caller's.
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
