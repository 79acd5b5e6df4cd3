using MedSeg.Devices;
using MedSeg.Network.Layers;
using MedSeg.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Network.Cpu;

/// <summary>
/// The building blocks of a network in bfloat16 on a CPU with AMX, for training: torch convolves, and PReLU and dropout are computed in place. Of each convolution
/// only the result is kept, from which the backward pass finds the signs of what was there before; torch's own graph of the whole network would keep both.
/// </summary>
/// <param name="operations">What convolves and normalizes.</param>
/// <param name="dropoutRate">The fraction of values that are dropped.</param>
/// <param name="seed">The seed of dropout.</param>
/// <param name="arena">The memory of the images.</param>
internal sealed unsafe class NarrowLayers(NarrowOperations operations, double dropoutRate, ulong seed, ImageArena arena) : NetworkLayers<NarrowImage>, IDisposable
{
    private readonly Stack<Action> _steps = new();
    private readonly List<IDisposable> _kept = [];
    private readonly List<NarrowImage> _outputs = [];
    private readonly DropoutMasks _masks = new(dropoutRate, seed);

    /// <inheritdoc/>
    public override NarrowImage Input(Tensor image) => Keep(new NarrowImage(image.alias().DetachFromDisposeScope(), wantsGradient: false));

    /// <inheritdoc/>
    public override Tensor Output(NarrowImage probabilities)
    {
        _outputs.Add(probabilities);
        Tensor output = probabilities.Values.detach();
        output.requires_grad = true;
        return output;
    }

    /// <inheritdoc/>
    public override NarrowImage Convolve(LayerParameters layer, NarrowImage x, int stride, int padding, int dilation) =>
        Activate(layer, x, input => operations.Convolve(input, layer.Weight, layer.Bias, stride, padding, dilation), other: null, drops: false);

    /// <inheritdoc/>
    public override NarrowImage ConvolveAndAdd(LayerParameters layer, NarrowImage x, NarrowImage? other, int padding, int dilation, bool drops) =>
        Activate(layer, x, input => operations.Convolve(input, layer.Weight, layer.Bias, stride: 1, padding, dilation), other, drops);

    /// <inheritdoc/>
    public override NarrowImage Upsample(LayerParameters layer, NarrowImage x, NarrowImage next) =>
        Activate(layer, x, input => operations.Upsample(input, layer.Weight, layer.Bias), other: null, drops: false);

    /// <inheritdoc/>
    public override NarrowImage Join(NarrowImage first, NarrowImage second)
    {
        (Tensor one, Tensor two) = (first.Values, second.Values);
        long channels = one.shape[1];
        using Tensor narrowOne = one.to(operations.Type);
        using Tensor narrowTwo = two.to(operations.Type);
        NarrowImage joined = Store(cat([narrowOne, narrowTwo], 1));
        if (one.dtype == joined.Values.dtype)
        {
            first.MoveTo(joined);
        }

        return Record(joined, (_, gradient) =>
        {
            first.AddGradient(gradient.narrow(1, 0, channels).to(first.Values.dtype).DetachFromDisposeScope());
            second.AddGradient(gradient.narrow(1, channels, gradient.shape[1] - channels).DetachFromDisposeScope());
        });
    }

    /// <inheritdoc/>
    public override NarrowImage Map(LayerParameters layer, NarrowImage x) => ByTorch(x, input =>
    {
        Tensor values = operations.Convolve(input, layer.Weight, layer.Bias, stride: 1, padding: 0, dilation: 1);
        return values.to(ScalarType.Float32).softmax(1);
    }, hasParameters: true);

    /// <inheritdoc/>
    public override NarrowImage Shrink(NarrowImage x) => Resize(x, x.Values.shape[2] / 2, x.Values.shape[3] / 2);

    /// <inheritdoc/>
    public override NarrowImage Enlarge(NarrowImage x) => Resize(x, x.Values.shape[2] * 2, x.Values.shape[3] * 2);

    /// <summary>Does nothing: an image is freed after its backward step.</summary>
    public override void Release(NarrowImage x)
    {
    }

    /// <summary>Backpropagates from the outputs and adds to the gradients of the parameters.</summary>
    /// <param name="gradients">The gradient of each output; null for an output that the loss does not depend on.</param>
    public void Backward(IReadOnlyList<Tensor?> gradients)
    {
        using IDisposable noGradient = no_grad();
        using IDisposable? threads = TorchThreads.All(CPU);
        for (int i = 0; i < gradients.Count; i++)
        {
            if (gradients[i] is { } gradient)
            {
                _outputs[i].AddGradient(gradient.alias().DetachFromDisposeScope());
            }
        }

        while (_steps.TryPop(out Action? step))
        {
            using DisposeScope scope = NewDisposeScope();
            step();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _kept.ForEach(kept => kept.Dispose());

    private NarrowImage Resize(NarrowImage x, long rows, long columns) =>
        ByTorch(x, input => nn.functional.interpolate(input, [rows, columns], mode: InterpolationMode.Bilinear, align_corners: false));

    private NarrowImage ByTorch(NarrowImage x, Func<Tensor, Tensor> compute, bool hasParameters = false)
    {
        NarrowNode node = Keep(new NarrowNode(x, compute, keepsResult: true));
        return Record(new NarrowImage(node.Values, x.WantsGradient || hasParameters), (_, gradient) => GoBack(node, gradient));
    }

    private NarrowImage Activate(LayerParameters layer, NarrowImage x, Func<Tensor, Tensor> convolve, NarrowImage? other, bool drops)
    {
        NarrowNode node = Keep(new NarrowNode(x, input => layer.Norm is null ? convolve(input) : Normalize(convolve(input), layer.Norm), keepsResult: false));
        using Tensor convolved = node.Values;
        NarrowImage? before = new PReluEpilogue(layer.Pointers, other: null, mask: null).IsInvertible() ? null : Keep(Store(convolved.alias()));
        var rectified = NarrowImage.Empty(arena, convolved.shape);
        using Tensor rows = NarrowRows.Of(convolved);
        NarrowKernel.Rectify(new NarrowRows(rows), layer.Pointers.Slope, RowsOf(rectified.Values));
        NarrowImage result = other is null ? rectified : Sum(rectified, other);
        DropoutMask? mask = _masks.Next(drops);
        if (mask is { } dropout)
        {
            NarrowKernel.Drop(RowsOf(result.Values), dropout);
        }

        // The sum has other signs than what was added to. What was dropped has lost its sign, but its gradient is zero; the rest was scaled.
        NarrowImage? signs = before ?? (other is null ? null : rectified);
        if (other is not null && before is not null)
        {
            rectified.Dispose();
        }
        else if (other is not null)
        {
            Keep(rectified);
        }

        float? scale = before is not null ? null : other is null && mask is { } scaled ? scaled.Scale : 1;
        return Record(result, (image, gradient) =>
        {
            using Tensor own = NarrowRows.Of(gradient);
            gradient.Dispose();
            if (mask is { } dropped)
            {
                NarrowKernel.Drop(new NarrowRows(own), dropped);
            }

            if (other is not null && other.Values.shape[1] == own.shape[3])
            {
                other.AddGradient(own.permute(0, 3, 1, 2).DetachFromDisposeScope());
            }

            using Tensor back = NarrowRows.Of((signs ?? image).Values);
            NarrowKernel.RectifyBack(new NarrowRows(own), new NarrowRows(back), layer.Pointers, scale);
            GoBack(node, back.permute(0, 3, 1, 2));
            signs?.Dispose();
        });
    }

    // Torch's operations in place would change what it noted of all images in the arena, and it would refuse to differentiate them.
    private NarrowImage Store(Tensor image)
    {
        using Tensor temporary = image;
        var stored = NarrowImage.Empty(arena, image.shape);
        using Tensor rows = NarrowRows.Of(image);
        NarrowKernel.Copy(new NarrowRows(rows), RowsOf(stored.Values));
        return stored;
    }

    private NarrowImage Sum(NarrowImage image, NarrowImage other)
    {
        using Tensor added = other.Values.to(operations.Type);
        return Store(image.Values.Plus(added));
    }

    // Of images in the arena, which are without gaps and outlive the call.
    private static NarrowRows RowsOf(Tensor image)
    {
        using Tensor rows = NarrowRows.Of(image);
        return new NarrowRows(rows);
    }

    // Torch returns a view of another image, of which it would differentiate the wrong one once its memory is replaced.
    private Tensor Normalize(Tensor x, NormParameters norm)
    {
        using Tensor normalized = operations.Normalize(x, norm);
        return normalized.clone();
    }

    private static void GoBack(NarrowNode node, Tensor gradient)
    {
        node.Backward(gradient);
        node.Dispose();
    }

    // A result, whose step is taken once its whole gradient is known; the result is then disposed of.
    private NarrowImage Record(NarrowImage image, Action<NarrowImage, Tensor> step)
    {
        Keep(image);
        if (image.WantsGradient)
        {
            _steps.Push(() =>
            {
                using (Tensor? gradient = image.TakeGradient())
                {
                    if (gradient is not null)
                    {
                        step(image, gradient);
                    }
                }

                image.Dispose();
            });
        }

        return image;
    }

    private T Keep<T>(T kept)
        where T : IDisposable
    {
        _kept.Add(kept);
        return kept;
    }
}
