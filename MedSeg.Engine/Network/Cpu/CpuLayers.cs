using MedSeg.Devices;
using MedSeg.Network.Layers;
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
/// <param name="arena">The memory of the images.</param>
/// <param name="savesMemory">Whether images are computed again in the backward pass where that is possible, instead of being kept.</param>
/// <param name="kept">The weights that are kept; null where training changes them.</param>
/// <param name="isNarrow">Whether images and their gradients are bfloat16 in memory, except for the input and the probabilities. The path is MedSeg's own.</param>
internal sealed unsafe class CpuLayers(double dropoutRate, ulong seed, bool isTraining, ConvolutionPath path, ImageArena arena, bool savesMemory, KeptWeights? kept = null, bool isNarrow = false) : NetworkLayers<CpuImage>, IDisposable
{
    // Torch's convolutions keep images on their own. Where none are forgotten in between, one area has fewer gaps than two.
    private readonly bool _forgets = isTraining && savesMemory && path != ConvolutionPath.Torch;
    private readonly Stack<Action> _steps = new();
    private readonly List<CpuImage> _outputs = [];
    private readonly List<IDisposable> _kept = [];
    private readonly DropoutMasks _masks = new(dropoutRate, seed);

    /// <inheritdoc/>
    public override CpuImage Input(Tensor image) => Keep(new CpuImage(ChannelsLastView.Of(image), wantsGradient: false));

    /// <inheritdoc/>
    public override Tensor Output(CpuImage probabilities)
    {
        if (isTraining)
        {
            _outputs.Add(probabilities);
            Tensor output = probabilities.Values.ToImage();
            output.requires_grad = true;
            return output;
        }

        using (probabilities)
        {
            return probabilities.Values.ToPlanes();
        }
    }

    /// <inheritdoc/>
    public override CpuImage Convolve(LayerParameters layer, CpuImage x, int stride, int padding, int dilation) =>
        Activate(layer, x, new Conv2dGeometry(layer.Pointers.Side, stride, padding, dilation), isTransposed: false, other: null, mask: null);

    /// <inheritdoc/>
    public override CpuImage ConvolveAndAdd(LayerParameters layer, CpuImage x, CpuImage? other, int padding, int dilation, bool drops) =>
        Activate(layer, x, new Conv2dGeometry(layer.Pointers.Side, Stride: 1, padding, dilation), isTransposed: false, other, _masks.Next(isTraining && drops));

    /// <inheritdoc/>
    public override CpuImage Upsample(LayerParameters layer, CpuImage x, CpuImage next) =>
        Activate(layer, x, new Conv2dGeometry(Side: 2, Stride: 2, Padding: 0, Dilation: 1), isTransposed: true, other: null, mask: null, room: next.Values.Channels);

    /// <inheritdoc/>
    public override CpuImage Join(CpuImage first, CpuImage second)
    {
        int channels = first.Values.Channels;
        ChannelsLastView joined = first.Values.TryAppend(second.Values) ?? ChannelsLastView.Join(arena, first.Values, second.Values, _forgets);
        first.MoveTo(joined.Part(0, channels));
        return Record(joined, (_, gradients) =>
        {
            using ChannelsLastView gradient = gradients.First;
            first.AddGradient(gradient.Part(0, channels));
            second.AddGradient(gradient.Part(channels, gradient.Channels - channels));
        }, parts: (first, second));
    }

    /// <inheritdoc/>
    public override CpuImage Map(LayerParameters layer, CpuImage x)
    {
        var convolution = Conv2dNode.Compute(layer, x.Values, new Conv2dGeometry(Side: 1, Stride: 1, Padding: 0, Dilation: 1), isTransposed: false, isTraining, path, new ImageStorage(arena, _forgets), activation: null, kept);
        SoftmaxKernel.Forward(convolution.Values);
        KeepOrDispose(convolution);
        return Record(convolution.Values, (image, gradients) =>
        {
            using ChannelsLastView gradient = image.Values.EmptyLike(arena);
            SoftmaxKernel.Backward(gradients, image.Values, gradient, convolution.LeavesBias ? layer.Pointers.BiasGradient : null);
            gradients.First.Dispose();
            gradients.Second?.Dispose();
            GoBack(convolution, x, gradient);
        });
    }

    /// <inheritdoc/>
    public override CpuImage Shrink(CpuImage x) => Resize(x, x.Values.Height / 2, x.Values.Width / 2);

    /// <inheritdoc/>
    public override CpuImage Enlarge(CpuImage x) => Resize(x, x.Values.Height * 2, x.Values.Width * 2);

    /// <inheritdoc/>
    public override void Release(CpuImage x)
    {
        if (isTraining)
        {
            x.Forget();
        }
        else
        {
            x.Dispose();
        }
    }

    /// <summary>Allocates the gradient of an output in the arena, where each step finds the same memory, until the layers are disposed of.</summary>
    /// <param name="output">The index of the output.</param>
    /// <returns>[B, K + 1, H, W] with undefined values, channels last in memory. The caller disposes of the tensor, which does not own the memory.</returns>
    public Tensor NewGradient(int output)
    {
        ChannelsLastView gradient = _outputs[output].Values.EmptyLike(arena);
        _kept.Add(gradient);
        return gradient.ToImage();
    }

    /// <summary>Backpropagates from the outputs and adds to the gradients of the parameters.</summary>
    /// <param name="gradients">The gradient of each output; null for an output that the loss does not depend on.</param>
    public void Backward(IReadOnlyList<Tensor?> gradients)
    {
        for (int i = 0; i < gradients.Count; i++)
        {
            if (gradients[i] is { } gradient)
            {
                _outputs[i].AddGradient(ChannelsLastView.Of(gradient));
            }
        }

        using IDisposable noGradient = no_grad();
        while (_steps.TryPop(out Action? step))
        {
            step();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _kept.ForEach(kept => kept.Dispose());

    private CpuImage Resize(CpuImage x, int rows, int columns)
    {
        var resized = ChannelsLastView.Empty(arena, x.Values.Images, rows, columns, x.Values.Channels, _forgets);
        BilinearKernel.Forward(x.Values, resized);
        return Record(resized, (_, gradients) =>
        {
            using (gradients.First)
            using (gradients.Second)
            {
                ChannelsLastView gradient = x.Values.EmptyLike(arena);
                BilinearKernel.Backward(gradients, gradient);
                x.AddGradient(gradient);
            }
        }, x.WantsGradient);
    }

    // The result replaces the values of the convolution in place: with positive slopes, they can be computed back from the result.
    // Between the pixels there may be room for the channels of an image that will be joined.
    private CpuImage Activate(LayerParameters layer, CpuImage x, Conv2dGeometry geometry, bool isTransposed, CpuImage? other, DropoutMask? mask, int room = 0)
    {
        var activation = new PReluEpilogue(layer.Pointers, other?.Values, mask);
        bool isInvertible = !isTraining || activation.IsInvertible();

        // Nothing is computed more than twice: what is computed again reads only images that are kept.
        bool canForget = _forgets && isInvertible && other is not { CanForget: true } && (layer.Norm is not null || !x.CanForget);
        var convolution = Conv2dNode.Compute(layer, x.Values, geometry, isTransposed, isTraining && x.WantsGradient, path, new ImageStorage(arena, _forgets && !canForget, isNarrow), isInvertible ? activation : null, kept, _forgets || !isInvertible ? 0 : room);
        KeepOrDispose(convolution);
        ChannelsLastView rows = convolution.Values;
        ChannelsLastView? apart = isInvertible ? null : rows.EmptyLike(arena, _forgets);
        if (!convolution.IsActivated)
        {
            PReluKernel.Forward(rows, activation, apart ?? rows);
        }

        if (apart is not null)
        {
            _kept.Add(rows);
        }

        ChannelsLastView? before = apart is null ? null : rows;
        CpuImage image = Record(apart ?? rows, (result, gradients) =>
        {
            using ChannelsLastView back = ActivateBack(layer.Pointers, (result, before), other, mask, gradients, convolution.LeavesBias);
            GoBack(convolution, x, back);
        });
        if (canForget)
        {
            image.AllowForgetting(() => ComputeAgain(convolution, x, activation));
        }

        return image;
    }

    private static ChannelsLastView ComputeAgain(Conv2dNode convolution, CpuImage x, PReluEpilogue activation)
    {
        ChannelsLastView rows = convolution.ComputeAgain(() => x.Values);
        if (!convolution.IsActivated)
        {
            PReluKernel.Forward(rows, activation, rows);
        }

        return rows;
    }

    // Returns the gradient of the convolution's values, in place of what is not required any more; frees the rest, so that the convolution has the
    // memory for the gradient of its input.
    private ChannelsLastView ActivateBack(
        LayerPointers layer, (CpuImage Result, ChannelsLastView? Before) image, CpuImage? other, DropoutMask? mask, (ChannelsLastView First, ChannelsLastView? Second) gradients, bool leavesBias)
    {
        (ChannelsLastView first, ChannelsLastView? second) = gradients;
        ChannelsLastView values = image.Before ?? image.Result.Values;
        ChannelsLastView? fresh = first.IsDense || second is { IsDense: true } ? null : values.EmptyLike(arena);
        ChannelsLastView sum = fresh ?? (first.IsDense ? first : second!);
        ChannelsLastView back = other is null ? sum : values;
        PReluKernel.Backward(
            gradients, values, image.Before is null, new PReluEpilogue(layer, other?.Values, mask), other is null ? null : sum, back, layer.SlopeGradient, leavesBias ? layer.BiasGradient : null);
        DisposeExcept(sum, first, second, fresh);
        if (other is null)
        {
            image.Result.Dispose();
            image.Before?.Dispose();
        }
        else if (other.Values.Channels == values.Channels)
        {
            other.AddGradient(sum);
        }
        else
        {
            sum.Dispose();
        }

        return back;
    }

    private static void DisposeExcept(ChannelsLastView kept, params ReadOnlySpan<ChannelsLastView?> all)
    {
        foreach (ChannelsLastView? image in all)
        {
            if (image != kept)
            {
                image?.Dispose();
            }
        }
    }

    // The gradient of a joined image would be in memory as a whole while either part needs it, so each part has its own where that is possible.
    private void GoBack(Conv2dNode convolution, CpuImage x, ChannelsLastView gradient)
    {
        if (convolution.CanSplit && x.Parts is var (first, second) && first.CanAccumulate && second.WantsGradient && first.Values.Channels % Conv2dOutput.Lanes == 0)
        {
            second.AddGradient(convolution.Backward(gradient, x.Values, first.Accumulate(arena))!);
        }
        else if (convolution.Backward(gradient, x.Values) is { } share)
        {
            x.AddGradient(share);
        }

        convolution.Dispose();
    }

    // A result, whose step is taken once all gradients of the result are known; the result is then disposed of.
    private CpuImage Record(ChannelsLastView values, Action<CpuImage, (ChannelsLastView First, ChannelsLastView? Second)> step, bool wantsGradient = true, (CpuImage First, CpuImage Second)? parts = null)
    {
        var image = new CpuImage(values, wantsGradient && isTraining) { Parts = parts };
        if (isTraining)
        {
            Keep(image);
            if (wantsGradient)
            {
                _steps.Push(() =>
                {
                    if (image.TakeGradients() is { } gradients)
                    {
                        step(image, gradients);
                    }

                    image.Dispose();
                });
            }
        }

        return image;
    }

    private CpuImage Keep(CpuImage image)
    {
        _kept.Add(image);
        return image;
    }

    private void KeepOrDispose(Conv2dNode convolution)
    {
        if (isTraining)
        {
            _kept.Add(convolution);
        }
        else
        {
            convolution.Dispose();
        }
    }
}
