using MedSeg.Augmentation;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Tensors;
using TorchSharp;

namespace MedSeg.Training.Batches;

/// <summary>
/// All slices of a run on the device that trains: those for training, then the images of those for validation, whose masks are compared at
/// their own size on the host.
/// </summary>
internal sealed class DeviceDataset : IDisposable
{
    private readonly int _training;
    private readonly torch.Device _device;
    private readonly SliceOperations _operations;
    private readonly torch.Tensor _images;
    private readonly torch.Tensor _labels;

    /// <summary>Initializes a new instance of the <see cref="DeviceDataset"/> class and copies all slices to the device.</summary>
    /// <param name="training">The samples for training.</param>
    /// <param name="validation">The samples for validation.</param>
    /// <param name="shape">The shape of the slices.</param>
    /// <param name="device">The device.</param>
    /// <param name="operations">Selects slices, or null for torch's own operation.</param>
    /// <param name="chunkBytes">The number of bytes that are copied at once.</param>
    /// <exception cref="MedSegException">A slice cannot be read.</exception>
    public DeviceDataset(
        IReadOnlyList<Sample> training, IReadOnlyList<Sample> validation, InputShape shape, torch.Device device, SliceOperations? operations = null, int chunkBytes = 32 << 20)
    {
        _training = training.Count;
        _device = device;
        _operations = operations ?? new SliceOperations();
        Sample[] all = [.. training, .. validation];
        using DisposeScope scope = torch.NewDisposeScope();
        using IDisposable noGradient = torch.no_grad();
        _images = torch.empty([all.Length, shape.Channels, shape.Size, shape.Size], torch.ScalarType.Float32, device);
        _labels = torch.empty([training.Count, shape.Size, shape.Size], torch.ScalarType.Byte, device);
        Fill(all, shape, (int)Math.Max(1, chunkBytes / BytesOf(1, shape)));
        _images.DetachFromDisposeScope();
        _labels.DetachFromDisposeScope();
    }

    /// <summary>Returns the number of bytes that slices with their labels take on a device.</summary>
    /// <param name="slices">The number of slices.</param>
    /// <param name="shape">The shape of the slices.</param>
    public static long BytesOf(int slices, InputShape shape) => slices * ((sizeof(float) * (long)shape.Length) + (sizeof(byte) * (long)shape.Plane));

    /// <summary>Checks whether slices fit into memory together with a step. A tenth of the free memory is left unused.</summary>
    /// <param name="bytes">The bytes that the slices take.</param>
    /// <param name="needed">The bytes that a step takes.</param>
    /// <param name="free">The bytes that are free.</param>
    public static bool Fit(long bytes, long needed, long free) => bytes <= free - needed - (free / 10);

    /// <summary>Returns the slices of a batch.</summary>
    /// <param name="slices">Their indices among the training samples.</param>
    /// <returns>The intensities, [B, C, S, S] float32, and the ROI numbers, [B, S, S] uint8, both copies.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such training sample.</exception>
    public (torch.Tensor Images, torch.Tensor Labels) Select(IReadOnlyList<int> slices)
    {
        // A GPU would notice too, but then refuses all further work of the process.
        foreach (int slice in slices)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(slice, nameof(slices));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slice, _training, nameof(slices));
        }

        torch.Tensor numbers = DeviceCopy.Bring(torch.tensor(slices.Select(i => (long)i).ToArray()), _device);
        return (_operations.Select(_images, numbers), _operations.Select(_labels, numbers));
    }

    /// <summary>Returns consecutive validation slices.</summary>
    /// <param name="first">The first, from 0.</param>
    /// <param name="count">The number B of slices.</param>
    /// <returns>The intensities, [B, C, S, S] float32, a view without a copy.</returns>
    public torch.Tensor Validation(int first, int count) => _images.narrow(0, _training + first, count);

    /// <inheritdoc/>
    public void Dispose()
    {
        _images.Dispose();
        _labels.Dispose();
    }

    private void Fill(Sample[] all, InputShape shape, int chunk)
    {
        for (int first = 0; first < all.Length; first += chunk)
        {
            using DisposeScope scope = torch.NewDisposeScope();
            HostBatch read = BatchSampler.Read(all[first..Math.Min(first + chunk, all.Length)], shape);
            _images.narrow(0, first, read.Count).copy_(torch.tensor(read.Images!, [read.Count, shape.Channels, shape.Size, shape.Size]));
            int labelled = Math.Clamp(_training - first, 0, read.Count);
            if (labelled > 0)
            {
                _labels.narrow(0, first, labelled).copy_(torch.tensor(read.Labels!, [read.Count, shape.Size, shape.Size]).narrow(0, 0, labelled));
            }
        }
    }
}
