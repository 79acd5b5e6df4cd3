using MedSeg.Devices;
using MedSeg.Errors;
using MedSeg.Network.Cpu;
using MedSeg.Network.Layers;
using MedSeg.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Network.Definition;

/// <summary>
/// A network that segments slices. An architecture derives from it, lists its parameters, and computes its outputs from
/// <see cref="NetworkLayers{TImage}"/>; everything else is the same for all: parameters, dropout, training, inference and the choice between torch
/// and the code for the CPU.
/// </summary>
internal abstract class SegmentationNetwork : IDisposable
{
    private readonly LayerOperations _operations;
    private readonly bool _isOnCpu;
    private readonly Lazy<ImageArena> _arena;

    // Null unless the CPU computes in bfloat16.
    private readonly NarrowOperations? _narrow;

    // The meta device draws no numbers and has no generator.
    private readonly Generator? _draws;
    private readonly Dictionary<string, LayerParameters> _layers = new(StringComparer.Ordinal);
    private ulong _seed;
    private ulong _passes;
    private KeptWeights? _weights;

    /// <summary>Initializes a new instance of the <see cref="SegmentationNetwork"/> class; its parameters are zero.</summary>
    /// <param name="options">The options of the network.</param>
    /// <param name="parameters">The parameters of the network.</param>
    /// <param name="device">The device that computes the network.</param>
    /// <param name="operations">The operations that compute the layers; null for MedSeg's own on the CPU, and torch's elsewhere.</param>
    /// <exception cref="MedSegException">The options are out of range.</exception>
    private protected SegmentationNetwork(NetworkOptions options, IReadOnlyList<ParameterShape> parameters, Device device, LayerOperations? operations)
    {
        _operations = operations ?? new LayerOperations();
        _narrow = device.type == DeviceType.CPU && operations is NarrowOperations { Type: ScalarType.BFloat16 } narrow ? narrow : null;
        _isOnCpu = device.type == DeviceType.CPU && (operations is null || _narrow is not null);
        _arena = new Lazy<ImageArena>(() => new ImageArena(UsesCpuLayers || _narrow is null ? ScalarType.Float32 : _narrow.Type));
        Options = options;
        Parameters = new NetworkParameters(parameters, device);
        Constants = new ConstantParameters(device);
        _draws = device.type == DeviceType.META ? null : new Generator(0, device);
    }

    /// <summary>Gets the options of the network.</summary>
    public NetworkOptions Options { get; }

    /// <summary>Gets what computes the convolutions on the CPU.</summary>
    internal ConvolutionPath Convolutions { get; init; } = CpuFeatures.Convolutions;

    /// <summary>Gets a value indicating whether torch computes bfloat16 convolutions on the CPU, even where MedSeg computes those in float32.</summary>
    internal bool LeavesBFloat16ToTorch { get; init; } = CpuFeatures.HasAmx;

    /// <summary>Gets or sets a value indicating whether training on the CPU computes images again in the backward pass instead of keeping all of them.</summary>
    internal bool SavesMemory { get; set; }

    /// <summary>Gets the parameters.</summary>
    public NetworkParameters Parameters { get; }

    /// <summary>Gets the number of bytes that images have taken so far on the CPU.</summary>
    internal long ImageMemory => _arena.IsValueCreated ? _arena.Value.Used : 0;

    private bool UsesCpuLayers => _isOnCpu && (_narrow is null || !(LeavesBFloat16ToTorch || Convolutions == ConvolutionPath.Torch));

    /// <summary>Gets the parameters that are not trained.</summary>
    private protected ConstantParameters Constants { get; }

    /// <summary>Gets the number of pixels of which the height and width of images must be multiples.</summary>
    public abstract int Stride { get; }

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

    /// <summary>
    /// Says that the parameters do not change any more: on the CPU, weights are then prepared for the convolutions once, not for each batch. The
    /// results are bit-identical.
    /// </summary>
    internal void KeepWeights() => _weights ??= UsesCpuLayers ? new KeptWeights() : null;

    /// <summary>Computes the probabilities of each pixel.</summary>
    /// <param name="image">The normalized images, [B, C, H, W] float32; H and W are multiples of <see cref="Stride"/>.</param>
    /// <returns>The probabilities, [B, K + 1, H, W], background first; their sum is 1 at each pixel.</returns>
    internal Tensor Predict(Tensor image)
    {
        using DisposeScope scope = NewDisposeScope();
        return Forward(image, training: false)[^1].Probabilities.MoveToOuterDisposeScope();
    }

    /// <summary>Computes the outputs.</summary>
    /// <param name="image">The normalized images, [B, C, H, W] float32; H and W are multiples of <see cref="Stride"/>.</param>
    /// <param name="training">Whether dropout is active and torch records gradients.</param>
    /// <returns>The outputs, of which the last one is the result.</returns>
    internal IReadOnlyList<NetworkOutput> Forward(Tensor image, bool training)
    {
        if (training || !UsesCpuLayers)
        {
            using IDisposable? threads = TorchThreads.All(image.device);
            return Compute(new TorchLayers(_operations, x => Drop(x, training)), image, training);
        }

        using IDisposable noGradient = no_grad();
        using var layers = new CpuLayers(Options.DropoutRate, seed: 0, isTraining: false, Convolutions, _arena.Value, savesMemory: false, _weights, isNarrow: _narrow is not null);
        return Compute(layers, image, training);
    }

    /// <summary>Computes the outputs for training.</summary>
    /// <param name="image">The normalized images, [B, C, S, S] float32.</param>
    /// <returns>The outputs, and the backward pass from a loss to the parameters.</returns>
    /// <exception cref="InvalidOperationException">The weights are kept.</exception>
    internal TrainingPass Train(Tensor image)
    {
        if (_weights is not null)
        {
            throw new InvalidOperationException("A network that keeps its weights cannot be trained.");
        }

        if (_narrow is not null && !UsesCpuLayers)
        {
            using IDisposable? threads = TorchThreads.All(image.device);
            var narrowLayers = new NarrowLayers(_narrow, Options.DropoutRate, SampleRandom.Mix(_seed + _passes++), _arena.Value);
            return new TrainingPass(Compute(narrowLayers, image, training: true), narrowLayers.Backward, narrowLayers);
        }

        if (!UsesCpuLayers)
        {
            return new TrainingPass(Forward(image, training: true));
        }

        var layers = new CpuLayers(Options.DropoutRate, SampleRandom.Mix(_seed + _passes++), isTraining: true, Convolutions, _arena.Value, SavesMemory, isNarrow: _narrow is not null);
        NetworkOutput[] outputs = [.. Compute(layers, image, training: true).Select((output, i) => output with { GradientMemory = layers.NewGradient(i).DetachFromDisposeScope() })];
        return new TrainingPass(outputs, layers.Backward, layers);
    }

    /// <summary>Sets a fraction of the values to zero and scales the rest to preserve the mean (Srivastava et al. 2014).</summary>
    internal Tensor Drop(Tensor x, bool training)
    {
        if (!training || Options.DropoutRate <= 0)
        {
            return x;
        }

        double kept = 1 - Options.DropoutRate;
        if (x.dtype != ScalarType.Float32)
        {
            return DropNarrow(x, kept);
        }

        Tensor mask;
        using (no_grad())
        {
            mask = empty_like(x).bernoulli_(kept, _draws).DividedInPlace(kept);
        }

        return x * mask;
    }

    // A factor such as 1 / 0.7 would be rounded in the mask; as a number it is exact. The mask takes a byte a value.
    private Tensor DropNarrow(Tensor x, double kept)
    {
        Tensor mask;
        using (no_grad())
        {
            mask = empty_like(x, ScalarType.Bool).bernoulli_(kept, _draws);
        }

        using (mask)
        {
            return (x * mask).TimesInPlace(1 / kept);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _draws?.Dispose();
        _weights?.Dispose();
        Parameters.Dispose();
        Constants.Dispose();
        if (_arena.IsValueCreated)
        {
            _arena.Value.Dispose();
        }
    }

    /// <summary>Computes the outputs from layers.</summary>
    /// <typeparam name="TImage">What holds an image.</typeparam>
    /// <param name="layers">The layers.</param>
    /// <param name="image">The images, whose shape was checked.</param>
    /// <param name="training">Whether the outputs are for a loss: all of them are required.</param>
    /// <returns>The probabilities and the weight of each output, the result last.</returns>
    private protected abstract IReadOnlyList<(TImage Probabilities, double Weight)> Outputs<TImage>(NetworkLayers<TImage> layers, TImage image, bool training)
        where TImage : class;

    /// <summary>Returns the parameters of a layer, which are put together at the first call.</summary>
    /// <param name="name">The name of the layer.</param>
    /// <param name="create">Puts them together.</param>
    private protected LayerParameters Layer(string name, Func<string, LayerParameters> create)
    {
        lock (_layers)
        {
            return _layers.TryGetValue(name, out LayerParameters? layer) ? layer : _layers[name] = create(name);
        }
    }

    private NetworkOutput[] Compute<TImage>(NetworkLayers<TImage> layers, Tensor image, bool training)
        where TImage : class
    {
        RequireShape(image);
        using DisposeScope scope = NewDisposeScope();
        TImage input = layers.Input(image);
        NetworkOutput[] outputs = [.. Outputs(layers, input, training).Select(output => new NetworkOutput(layers.Output(output.Probabilities), output.Weight))];
        layers.Release(input);
        foreach (NetworkOutput output in outputs)
        {
            output.Probabilities.MoveToOuterDisposeScope();
        }

        return outputs;
    }

    private void RequireShape(Tensor image)
    {
        long[] shape = image.shape;
        bool fits = shape is [_, long channels, long rows, long columns]
            && channels == Options.Channels && rows > 0 && rows % Stride == 0 && columns > 0 && columns % Stride == 0 && image.dtype == ScalarType.Float32;
        if (!fits)
        {
            throw new ArgumentException(
                $"Expected [B, {Options.Channels}, H, W] float32 with H and W multiples of {Stride}, got [{string.Join(", ", shape)}] {image.dtype}.", nameof(image));
        }
    }
}
