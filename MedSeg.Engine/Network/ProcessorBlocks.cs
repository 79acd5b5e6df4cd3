using MedSeg.Augmentation;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Network;

/// <summary>
/// The network's blocks on the processor. Torch computes and differentiates the convolutions, one by one; all that lies between
/// them is one pass over memory each way, mostly in place. A step then takes about two thirds of the memory and of the time that
/// torch's own operations take. See docs/speed.md.
/// </summary>
/// <param name="dropoutRate">The share of values that are dropped.</param>
/// <param name="seed">Seeds what is dropped.</param>
/// <param name="isTraining">Whether to drop values, and to keep what <see cref="Backward"/> needs.</param>
internal sealed unsafe class ProcessorBlocks(double dropoutRate, ulong seed, bool isTraining) : PyramidBlocks, IDisposable
{
    // Of values below it, PReLU's result does not tell the value any more.
    private const float LeastInvertibleSlope = 1e-3f;

    private readonly Stack<Action> _steps = new();
    private readonly Dictionary<Tensor, List<Share>> _shares = new(ReferenceEqualityComparer.Instance);
    private readonly List<IDisposable> _kept = [];
    private int _drops;

    /// <inheritdoc/>
    public override Tensor Convolve(in LayerParameters layer, Tensor x, int stride, int padding, int dilation) =>
        Rectify(layer, nn.functional.conv2d(x, layer.Weight, layer.Bias, [stride, stride], [padding, padding], [dilation, dilation]));

    /// <inheritdoc/>
    public override Tensor ConvolveAndAdd(in LayerParameters layer, Tensor x, Tensor other, int padding, int dilation, bool drops)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor y = nn.functional.conv2d(x, layer.Weight, layer.Bias, [1, 1], [padding, padding], [dilation, dilation]);
        DropoutMask? mask = isTraining && drops && dropoutRate > 0 ? new DropoutMask(dropoutRate, SampleRandom.Mix(seed + (ulong)++_drops)) : null;
        (Tensor slope, bool isOneChannel) = (layer.Slope, other.shape[1] == 1);
        using PixelRows added = PixelRows.Of(other);
        PixelRows rows = PixelRows.Of(y);
        if (!isTraining)
        {
            using (rows)
            {
                ActivationKernel.Forward(rows, Start(slope), added, mask, rows);
                return rows.ToImage().MoveToOuterDisposeScope();
            }
        }

        using PixelRows result = PixelRows.Of(empty_like(y));
        ActivationKernel.Forward(rows, Start(slope), added, mask, result);
        Tensor sum = Leaf(result);
        Keep(y);
        _kept.Add(rows);
        _steps.Push(() =>
        {
            using (rows)
            {
                using Gradients gradients = GradientsOf(sum);
                ActivationKernel.Backward(gradients.First, gradients.Second, rows, isRectified: false, Start(slope), mask, gradients.Dense, rows, Start(slope.grad!));
                if (_shares.TryGetValue(other, out List<Share>? shares) && !isOneChannel)
                {
                    shares.Add(new Share(gradients.Dense.ToImage().DetachFromDisposeScope(), 0));
                }

                Differentiate(y, rows);
            }
        });
        return sum;
    }

    /// <inheritdoc/>
    public override Tensor Upsample(in LayerParameters layer, Tensor x) =>
        Rectify(layer, nn.functional.conv_transpose2d(x, layer.Weight, layer.Bias, strides: [2, 2]));

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

        Tensor leaf = Leaf(joined);
        int channels = (int)first.shape[1];
        _steps.Push(() =>
        {
            Tensor gradient = leaf.grad!.DetachFromDisposeScope();
            ShareOut(first, gradient, 0);
            ShareOut(second, gradient, channels);
            gradient.Dispose();
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
            Tensor? gradient = leaf.grad;
            foreach (Share share in _shares[leaf])
            {
                using Tensor image = share.Image;
                Tensor part = image.narrow(1, share.FirstChannel, leaf.shape[1]);
                gradient = gradient?.Plus(part) ?? part;
            }

            _shares[leaf].Clear();
            before.backward([gradient!]);
            before.Dispose();
            leaf.Dispose();
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

        foreach (Share share in _shares.Values.SelectMany(shares => shares))
        {
            share.Image.Dispose();
        }
    }

    private static float* Start(Tensor parameter)
    {
        fixed (byte* start = parameter.bytes)
        {
            return (float*)start;
        }
    }

    // In place: of positive slopes the result tells what was there before.
    private Tensor Rectify(in LayerParameters layer, Tensor y)
    {
        Tensor slope = layer.Slope;
        float* slopes = Start(slope);
        PixelRows rows = PixelRows.Of(y);
        if (!isTraining)
        {
            using (rows)
            {
                ActivationKernel.Forward(rows, slopes, other: null, mask: null, rows);
                return rows.ToImage();
            }
        }

        bool isInvertible = new ReadOnlySpan<float>(slopes, rows.Channels).IndexOfAnyExceptInRange(LeastInvertibleSlope, float.MaxValue) < 0;
        using PixelRows? apart = isInvertible ? null : PixelRows.Of(empty_like(y));
        PixelRows result = apart ?? rows;
        ActivationKernel.Forward(rows, slopes, other: null, mask: null, result);
        Tensor leaf = Leaf(result);
        Keep(y);
        _kept.Add(rows);
        _steps.Push(() =>
        {
            using (rows)
            {
                using Gradients gradients = GradientsOf(leaf);
                ActivationKernel.Backward(gradients.First, gradients.Second, rows, isInvertible, Start(slope), mask: null, otherGradient: null, gradients.Dense, Start(slope.grad!));
                Differentiate(y, gradients.Dense);
            }
        });
        return leaf;
    }

    private Tensor Leaf(PixelRows rows) => Leaf(rows.ToImage());

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

    private void ShareOut(Tensor value, Tensor gradient, int firstChannel)
    {
        if (_shares.TryGetValue(value, out List<Share>? shares))
        {
            shares.Add(new Share(gradient.alias().DetachFromDisposeScope(), firstChannel));
        }
    }

    // What reaches a value through convolutions, and what otherwise.
    private Gradients GradientsOf(Tensor value)
    {
        List<Share> shares = _shares[value];
        if (value.grad is { } own)
        {
            shares.Insert(0, new Share(own.DetachFromDisposeScope(), 0));
        }

        var gradients = new Gradients(shares, (int)value.shape[1]);
        shares.Clear();
        value.Dispose();
        return gradients;
    }

    private static void Differentiate(Tensor y, PixelRows gradient)
    {
        using DisposeScope scope = NewDisposeScope();
        y.backward([gradient.ToImage()]);
        y.Dispose();
    }

    /// <summary>A gradient of some channels of an image.</summary>
    private readonly record struct Share(Tensor Image, int FirstChannel);

    /// <summary>The gradients, one or two, that reach a value.</summary>
    private sealed class Gradients : IDisposable
    {
        private readonly PixelRows[] _rows;

        public Gradients(List<Share> shares, int channels)
        {
            using DisposeScope scope = NewDisposeScope();
            _rows = shares.ConvertAll(share => PixelRows.Of(share.Image, share.FirstChannel, channels)).ToArray();
            shares.ForEach(share => share.Image.Dispose());
            Dense = Array.Find(_rows, rows => rows.IsDense) ?? PixelRows.Of(_rows[0].ToImage().narrow(1, shares[0].FirstChannel, channels).contiguous());
        }

        public PixelRows First => _rows[0];

        public PixelRows? Second => _rows.Length > 1 ? _rows[1] : null;

        /// <summary>Gets one of them that may be written over, or memory of the same form.</summary>
        public PixelRows Dense { get; }

        public void Dispose()
        {
            foreach (PixelRows rows in _rows)
            {
                rows.Dispose();
            }

            Dense.Dispose();
        }
    }
}
