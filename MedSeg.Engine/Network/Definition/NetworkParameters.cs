using System.Buffers;
using System.Runtime.InteropServices;
using MedSeg.Errors;
using MedSeg.Files.Safetensors;
using MedSeg.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Network.Definition;

/// <summary>
/// The parameters of a network and their gradients, each in one flat tensor with the named parameters as views, so that the optimiser, the
/// checkpoint and a copy to another device work on a few large blocks. The weights of convolutions are stored channels last: activations
/// are then channels last as well, and torch's convolutions need no reordered copies. Files store them channels first, as usual.
/// </summary>
internal sealed class NetworkParameters : IDisposable
{
    /// <summary>The slope of leaky ReLU for values below zero, as in nnU-Net.</summary>
    internal const double LeakySlope = 0.01;

    private readonly Dictionary<string, Tensor> _views;
    private readonly IReadOnlyList<ParameterShape> _shapes;

    /// <summary>Initializes a new instance of the <see cref="NetworkParameters"/> class, filled with zeros.</summary>
    /// <param name="shapes">Names and shapes.</param>
    /// <param name="device">The device of the tensors.</param>
    internal NetworkParameters(IReadOnlyList<ParameterShape> shapes, Device device)
    {
        _shapes = shapes;
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        long length = shapes.Sum(p => p.Length);
        Values = zeros(length, ScalarType.Float32, device);
        Gradients = zeros(length, ScalarType.Float32, device);
        _views = new Dictionary<string, Tensor>(shapes.Count, StringComparer.Ordinal);
        long offset = 0;
        foreach (ParameterShape shape in shapes)
        {
            Tensor view = View(Values, offset, shape);
            view.requires_grad = true;

            // Autograd adds to an existing gradient, so all gradients end up in one block.
            view.grad = View(Gradients, offset, shape);
            _views.Add(shape.Name, view.DetachFromDisposeScope());
            offset += shape.Length;
        }

        Values.DetachFromDisposeScope();
        Gradients.DetachFromDisposeScope();
    }

    /// <summary>Gets all values in one tensor, [N] float32.</summary>
    internal Tensor Values { get; }

    /// <summary>Gets all gradients in one tensor, [N] float32.</summary>
    internal Tensor Gradients { get; }

    /// <summary>Gets names and shapes, in the order of the flat tensors.</summary>
    internal IReadOnlyList<ParameterShape> Shapes => _shapes;

    /// <summary>Gets the parameter with a name.</summary>
    internal Tensor this[string name] => _views[name];

    /// <summary>Fills the parameters with their initial values.</summary>
    /// <param name="seed">The seed of the values, which are the same on every device.</param>
    public void Initialize(long seed)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed, CPU);
        foreach (ParameterShape shape in _shapes)
        {
            Tensor view = _views[shape.Name];
            switch (shape.Initial)
            {
                case InitialValue.Uniform:
                    double bound = 1 / Math.Sqrt(shape.FanIn);
                    view.copy_(rand(shape.Shape, ScalarType.Float32, CPU, generator: generator).TimesInPlace(2 * bound).PlusInPlace(-bound));
                    break;
                case InitialValue.He:
                    double deviation = Math.Sqrt(2 / ((1 + (LeakySlope * LeakySlope)) * shape.FanIn));
                    view.copy_(randn(shape.Shape, ScalarType.Float32, CPU, generator: generator).TimesInPlace(deviation));
                    break;
                default:
                    view.Fill(shape.Initial switch { InitialValue.One => 1, InitialValue.Slope => 0.25, _ => 0 });
                    break;
            }
        }
    }

    /// <summary>Loads the parameters from tensors with their names and shapes; other tensors are ignored.</summary>
    /// <param name="tensors">Tensors by name.</param>
    /// <param name="path">The path of their file, for errors.</param>
    /// <exception cref="FileFormatException"><c>ModelMismatch</c>: a parameter is missing or has another shape or type.</exception>
    internal void Load(IReadOnlyDictionary<string, SafetensorsTensor> tensors, string path) => LoadInto(Values, tensors, path);

    /// <summary>Fills a flat tensor of this layout from named tensors; see <see cref="Load"/>.</summary>
    internal void LoadInto(Tensor target, IReadOnlyDictionary<string, SafetensorsTensor> tensors, string path, string prefix = "")
    {
        float[] values = new float[Values.NumberOfElements];
        int offset = 0;
        foreach (ParameterShape shape in _shapes)
        {
            if (!tensors.TryGetValue(prefix + shape.Name, out SafetensorsTensor? tensor))
            {
                throw new FileFormatException(ErrorIds.ModelMismatch, path, $"The parameter '{shape.Name}' is missing: the file is of another network.");
            }

            if (tensor.DataType != SafetensorsTensor.SinglePrecision || !tensor.Shape.SequenceEqual(shape.Shape))
            {
                throw new FileFormatException(
                    ErrorIds.ModelMismatch,
                    path,
                    $"The parameter '{shape.Name}' is {tensor.DataType} [{string.Join(", ", tensor.Shape)}], but {SafetensorsTensor.SinglePrecision} [{string.Join(", ", shape.Shape)}] was expected: the file is of another network.");
            }

            WeightLayout.ToLast(tensor.AsFloats(), shape.Shape, values.AsSpan(offset, (int)shape.Length));
            offset += (int)shape.Length;
        }

        Fill(target, values);
    }

    /// <summary>Copies values into a tensor of the same length.</summary>
    internal static void Fill(Tensor target, float[] values)
    {
        using IDisposable noGradient = no_grad();
        using Tensor source = tensor(values);
        target.copy_(source);
    }

    /// <summary>Splits a flat tensor of this layout into named tensors for a file.</summary>
    /// <param name="flat">Values, gradients or moments, [N] float32.</param>
    internal IReadOnlyList<KeyValuePair<string, SafetensorsTensor>> Split(Tensor flat) => [.. Entries(flat).Select(entry =>
    {
        byte[] content = new byte[entry.Length];
        using var stream = new MemoryStream(content);
        entry.Write(stream);
        return KeyValuePair.Create(entry.Name, new SafetensorsTensor(entry.DataType, entry.Shape, content));
    })];

    /// <summary>Names the parts of a flat tensor of this layout for a file. Each part is copied only while it is written.</summary>
    /// <param name="flat">Values, gradients or moments, [N] float32; it must exist until the file has been written.</param>
    /// <param name="prefix">The prefix of the names.</param>
    internal IEnumerable<SafetensorsEntry> Entries(Tensor flat, string prefix = "")
    {
        long offset = 0;
        foreach (ParameterShape shape in _shapes)
        {
            long start = offset;
            yield return new SafetensorsEntry(
                prefix + shape.Name, SafetensorsTensor.SinglePrecision, shape.Shape, shape.Length * sizeof(float), stream => WritePart(flat, start, shape, stream));
            offset += shape.Length;
        }
    }

    // In the order of files.
    private static void WritePart(Tensor flat, long start, ParameterShape shape, Stream stream)
    {
        using IDisposable noGradient = no_grad();
        using Tensor part = flat.narrow(0, start, shape.Length);
        using Tensor onHost = part.cpu();
        float[] values = ArrayPool<float>.Shared.Rent((int)shape.Length);
        try
        {
            Span<float> ordered = values.AsSpan(0, (int)shape.Length);
            WeightLayout.ToFirst(TensorMemory.Of(onHost), shape.Shape, ordered);
            stream.Write(MemoryMarshal.AsBytes(ordered));
        }
        finally
        {
            ArrayPool<float>.Shared.Return(values);
        }
    }

    private static Tensor View(Tensor flat, long offset, ParameterShape shape)
    {
        Tensor part = flat.narrow(0, offset, shape.Length);
        return shape.Shape is [long outer, long inner, long rows, long columns]
            ? part.view(outer, rows, columns, inner).permute(0, 3, 1, 2)
            : part.view(shape.Shape);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor view in _views.Values)
        {
            view.Dispose();
        }

        Values.Dispose();
        Gradients.Dispose();
    }
}
