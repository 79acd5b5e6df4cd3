using MedSeg.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Augmentation;

/// <summary>
/// Transforms a whole batch on the training device, as <see cref="SampleAugmentation"/> transforms each sample on the CPU: the source
/// positions of all pixels are computed and sampled at once. Apart from rounding, only the noise differs. Nothing waits for the device.
/// </summary>
internal sealed class DeviceAugmentation : IDisposable
{
    private readonly int _size;
    private readonly Device _device;
    private readonly SliceOperations _operations;

    // The meta device draws no numbers and has no generator.
    private readonly Generator? _noise;

    // The centres of the pixels, [S], and the splines of elastic deformations, [S, 7]. Both are float64, so that TF32 does not affect the
    // positions.
    private readonly Tensor _centres;
    private readonly Tensor _splines;

    /// <summary>Initializes a new instance of the <see cref="DeviceAugmentation"/> class.</summary>
    /// <param name="size">The side S.</param>
    /// <param name="device">The device.</param>
    /// <param name="operations">How slices are sampled; null for torch's operations.</param>
    public DeviceAugmentation(int size, Device device, SliceOperations? operations = null)
    {
        _size = size;
        _device = device;
        _operations = operations ?? new SliceOperations();
        _noise = device.type == DeviceType.META ? null : new Generator(0, device);
        using DisposeScope scope = NewDisposeScope();
        _centres = TensorMath.Numbers(0, size, ScalarType.Float64, device).Plus(0.5).DetachFromDisposeScope();
        _splines = tensor(ElasticField.Splines(size), [size, ElasticField.Knots]).to(device).DetachFromDisposeScope();
    }

    /// <summary>Applies the drawn transforms to a batch. Intermediate tensors belong to the caller's dispose scope.</summary>
    /// <param name="images">The intensities, [B C, S, S] float32.</param>
    /// <param name="labels">The ROI numbers, [B, S, S] uint8.</param>
    /// <param name="drawn">The drawn transforms of the channels of the samples.</param>
    /// <param name="seed">The seed of the noise: the same seed gives the same noise on the same kind of device.</param>
    /// <returns>The transformed images and labels.</returns>
    /// <exception cref="ArgumentException">The batch does not have the shape of the drawn transforms.</exception>
    public (Tensor Images, Tensor Labels) Apply(Tensor images, Tensor labels, TransformTable drawn, ulong seed)
    {
        long[] shape = [drawn.Rows, _size, _size];
        if (!images.shape.SequenceEqual(shape) || !labels.shape.SequenceEqual([drawn.Rows / drawn.Channels, _size, _size]))
        {
            throw new ArgumentException($"Expected [{string.Join(", ", shape)}], got [{string.Join(", ", images.shape)}] and [{string.Join(", ", labels.shape)}].", nameof(images));
        }

        using IDisposable noGradient = no_grad();
        Tensor table = DeviceCopy.Bring(tensor(drawn.Values, [drawn.Rows, drawn.Columns]), _device);
        if (drawn.IsMoved)
        {
            Tensor grid = Grid(table, drawn);
            images = _operations.Interpolate(images, grid);
            Tensor ofLabels = drawn.Channels == 1 ? grid : grid.view(-1, drawn.Channels, _size, _size, 2).select(1, 0);
            labels = _operations.TakeNearest(labels.to(ScalarType.Float32), ofLabels).to(ScalarType.Byte);
        }

        return (ChangeIntensities(images, table, drawn, seed), labels);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _noise?.Dispose();
        _centres.Dispose();
        _splines.Dispose();
    }

    // [B, S, S, 2]: the source position of each pixel.
    private Tensor Grid(Tensor table, TransformTable drawn)
    {
        Tensor x = _centres.view(1, 1, -1);
        Tensor y = _centres.view(1, -1, 1);
        if (drawn.IsElastic)
        {
            Tensor knots = table.narrow(1, drawn.Knots, 2 * ElasticField.Knots * ElasticField.Knots).reshape(drawn.Rows, 2, ElasticField.Knots, ElasticField.Knots);
            Tensor shifts = matmul(matmul(_splines, knots), _splines.transpose(0, 1));
            x = x.Plus(shifts.select(1, 0));
            y = y.Plus(shifts.select(1, 1));
        }

        Tensor Linear(int a) => (Column(table, a) * x).Plus(Column(table, a + 1) * y).Plus(Column(table, a + 2));
        return stack([Linear(TransformTable.Map), Linear(TransformTable.Map + 3)], 3).to(ScalarType.Float32);
    }

    private Tensor ChangeIntensities(Tensor images, Tensor table, TransformTable drawn, ulong seed)
    {
        if (drawn.Reach > 0)
        {
            images = DeviceIntensities.Blur(images, table.narrow(1, TransformTable.Kernel, (2 * drawn.Reach) + 1).to(ScalarType.Float32));
        }

        if (drawn.HasNoise)
        {
            _noise?.manual_seed((long)(seed >> 1));
            images = DeviceIntensities.AddNoise(images, Column(table, TransformTable.Noise), _noise);
        }

        if (drawn.HasContrast)
        {
            images = DeviceIntensities.ChangeContrast(images, Column(table, TransformTable.Contrast));
        }

        if (drawn.HasGamma)
        {
            images = DeviceIntensities.ChangeGamma(images, Column(table, TransformTable.Gamma));
        }

        return drawn.LongestCell > 1 ? DeviceIntensities.Coarsen(images, table.narrow(1, TransformTable.Cells, 1), drawn.LongestCell) : images;
    }

    // [B, 1, 1]
    private static Tensor Column(Tensor table, int column) => table.narrow(1, column, 1).unsqueeze(2);
}
