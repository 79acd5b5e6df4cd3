using MedSeg.Augmentation;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Network;

/// <summary>
/// The network's blocks on the processor. Torch computes and differentiates the convolutions, one by one; all that lies between
/// them is one pass over memory each way, in place. See docs/speed.md for what that saves.
/// </summary>
/// <param name="dropoutRate">The share of values that are dropped.</param>
/// <param name="seed">Seeds what is dropped.</param>
/// <param name="isTraining">Whether to drop values, and to keep what <see cref="Backward"/> needs.</param>
internal sealed unsafe class ProcessorBlocks(double dropoutRate, ulong seed, bool isTraining) : PyramidBlocks, IDisposable
{
    // Below it, a value cannot be told from what PReLU makes of it.
    private const float LeastInvertibleSlope = 1e-3f;

    private readonly Stack<Action> _steps = new();

    // The values that have gradients, with what reaches each otherwise than through a convolution.
    private readonly Dictionary<Tensor, List<Tensor>> _shares = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Tensor, Tensor> _convolved = new(ReferenceEqualityComparer.Instance);
    private readonly List<IDisposable> _kept = [];
    private int _drops;

    /// <inheritdoc/>
    public override Tensor Convolve(in LayerParameters layer, Tensor x, int stride, int padding, int dilation) =>
        Activate(layer, nn.functional.conv2d(x, layer.Weight, layer.Bias, [stride, stride], [padding, padding], [dilation, dilation]), other: null, mask: null);

    /// <inheritdoc/>
    public override Tensor ConvolveAndAdd(in LayerParameters layer, Tensor x, Tensor other, int padding, int dilation, bool drops)
    {
        DropoutMask? mask = isTraining && drops && dropoutRate > 0 ? new DropoutMask(dropoutRate, SampleRandom.Mix(seed + (ulong)++_drops)) : null;
        return Activate(layer, nn.functional.conv2d(x, layer.Weight, layer.Bias, [1, 1], [padding, padding], [dilation, dilation]), other, mask);
    }

    /// <inheritdoc/>
    public override Tensor Upsample(in LayerParameters layer, Tensor x) =>
        Activate(layer, nn.functional.conv_transpose2d(x, layer.Weight, layer.Bias, strides: [2, 2]), other: null, mask: null);

    /// <inheritdoc/>
    public override Tensor Join(Tensor first, Tensor second)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor joined = cat([first, second], 1);
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
            Tensor gradient = leaf.grad!;
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
        return nn.functional.conv2d(x, weight, bias).softmax(1).MoveToOuterDisposeScope();
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

    private static float* Start(Tensor parameter)
    {
        fixed (byte* start = parameter.bytes)
        {
            return (float*)start;
        }
    }

    // The convolution's values become the result's in their place: of positive slopes, the result tells what they were.
    private Tensor Activate(in LayerParameters layer, Tensor y, Tensor? other, DropoutMask? mask)
    {
        Tensor slope = layer.Slope;
        float* slopes = Start(slope);
        PixelRows rows = PixelRows.Of(y);
        using PixelRows? added = other is null ? null : PixelRows.Of(other);
        if (!isTraining)
        {
            using (rows)
            {
                ActivationKernel.Forward(rows, slopes, added, mask, rows);
                return rows.ToImage();
            }
        }

        if (other is not null && !_shares.ContainsKey(other))
        {
            other = Keep(other.alias());
        }

        bool isInvertible = new ReadOnlySpan<float>(slopes, rows.Channels).IndexOfAnyExceptInRange(LeastInvertibleSlope, float.MaxValue) < 0;
        using PixelRows? apart = isInvertible ? null : Empty(rows);
        ActivationKernel.Forward(rows, slopes, added, mask, apart ?? rows);
        Tensor result = Leaf((apart ?? rows).ToImage());
        Keep(y);
        if (isInvertible)
        {
            _convolved.Add(result, y);
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
            ActivationKernel.Backward((first, second), values, isInvertible, Start(slope), added, mask, other is null ? null : sum, back, Start(slope.grad!));
            if (other is not null && other.shape[1] == values.Channels)
            {
                ShareOut(other, sum.ToImage());
            }

            result.Dispose();
            y.backward([back.ToImage()]);
            y.Dispose();
        });
        return result;
    }

    // Gives a value other memory that holds the same.
    private void Replace(Tensor value, Tensor same)
    {
        if (_convolved.Remove(value, out Tensor? y))
        {
            using DisposeScope scope = NewDisposeScope();
            value.set_(same);
            y.set_(zeros(1).expand(y.shape));
        }
    }

    private static PixelRows Empty(PixelRows like)
    {
        using Tensor image = like.ToImage();
        using Tensor empty = empty_like(image);
        return PixelRows.Of(empty);
    }

    private Tensor Leaf(Tensor values)
    {
        Keep(values).requires_grad = true;
        _shares.Add(values, []);
        return values;
    }

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

    // One or two: what reaches a value through convolutions, and what otherwise. They are the caller's.
    private List<Tensor> GradientsOf(Tensor value)
    {
        List<Tensor> gradients = [.. _shares[value]];
        _shares[value].Clear();
        if (value.grad is { } own)
        {
            gradients.Insert(0, own.DetachFromDisposeScope());
        }

        return gradients;
    }
}
