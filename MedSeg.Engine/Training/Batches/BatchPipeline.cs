using System.Globalization;
using MedSeg.Augmentation;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Tensors;
using MedSeg.Training.Splits;
using TorchSharp;

namespace MedSeg.Training.Batches;

/// <summary>
/// Feeds the network. For training on the CPU, batches are augmented before they become tensors. A GPU augments them itself: from slices
/// that stay in its memory where they fit, or that are copied there for each step.
/// </summary>
internal sealed class BatchPipeline : IDisposable
{
    private readonly InputShape _shape;
    private readonly torch.Device _device;
    private readonly DeviceAugmentation? _augmentation;

    /// <summary>Initializes a new instance of the <see cref="BatchPipeline"/> class.</summary>
    /// <param name="source">Samples the batches.</param>
    /// <param name="shape">The shape of the slices.</param>
    /// <param name="device">The device that trains, or the first of several.</param>
    /// <param name="augmentation">Augments batches on the device; null where the CPU does. The pipeline disposes of it.</param>
    /// <param name="resident">The slices on the device; null where they are copied for each step. The pipeline disposes of it.</param>
    public BatchPipeline(BatchSampler source, InputShape shape, torch.Device device, DeviceAugmentation? augmentation = null, DeviceDataset? resident = null)
    {
        Source = source;
        _shape = shape;
        _device = device;
        _augmentation = augmentation;
        Resident = resident;
    }

    /// <summary>Gets what samples the batches.</summary>
    public BatchSampler Source { get; }

    /// <summary>Gets the arrays of the batch in use and of the one in preparation, by turns.</summary>
    public IReadOnlyList<BatchBuffer> Buffers { get; } = [new(), new()];

    /// <summary>Gets the slices that stay on the device; null where they are copied for each step.</summary>
    public DeviceDataset? Resident { get; }

    /// <summary>Makes the pipeline of a GPU, with all slices in its memory where they fit.</summary>
    /// <param name="source">Samples the batches.</param>
    /// <param name="split">The samples.</param>
    /// <param name="shape">The shape of the slices.</param>
    /// <param name="device">The device that trains, or the first of several.</param>
    /// <param name="memory">The bytes that a step takes and that are free on the device; null where the driver does not report them.</param>
    /// <param name="decision">Receives what was chosen, or null.</param>
    /// <exception cref="MedSegException">A slice cannot be read.</exception>
    public static BatchPipeline ForGpu(
        BatchSampler source, PatientSplit split, InputShape shape, torch.Device device, (long Needed, long Free)? memory, Action<string>? decision)
    {
        int slices = split.Training.Count + split.Validation.Count;
        long bytes = DeviceDataset.BytesOf(slices, shape);
        bool fits = memory is var (needed, free) && DeviceDataset.Fit(bytes, needed, free);
        string all = string.Create(CultureInfo.InvariantCulture, $"{slices} slices, {bytes / 1e9:0.000} GB,");
        decision?.Invoke(fits ? $"All {all} stay on {device}, where they are augmented."
            : memory is null ? $"The {all} are copied to {device} batch by batch, since the driver does not report free memory; they are augmented there."
            : $"The {all} do not fit on {device} together with a step: they are copied there batch by batch, and augmented there.");
        var augmentation = new DeviceAugmentation(shape.Size, device);
        try
        {
            return new BatchPipeline(source, shape, device, augmentation, fits ? new DeviceDataset(split.Training, split.Validation, shape, device) : null);
        }
        catch
        {
            augmentation.Dispose();
            throw;
        }
    }

    /// <summary>Prepares a batch on the CPU; another thread may do so while the network computes.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="share">The share of the batch, from 0.</param>
    /// <param name="buffer">The arrays that a batch of the CPU may use, whose earlier batch is not needed any more; null for new ones.</param>
    /// <exception cref="MedSegException">A slice cannot be read.</exception>
    public HostBatch Prepare(int epoch, int step, int share = 0, BatchBuffer? buffer = null) =>
        _augmentation is null ? Source.Augment(epoch, step, share, buffer) : Source.Draw(epoch, step, withPixels: Resident is null, share);

    /// <summary>Copies a batch to the device, without waiting for it, and augments it there where the CPU has not.</summary>
    /// <param name="batch">The prepared batch.</param>
    /// <param name="seed">Seeds the random numbers that the device draws.</param>
    /// <returns>The intensities, [B, C, S, S] float32, and the ROI numbers, [B, S, S] uint8.</returns>
    public (torch.Tensor Images, torch.Tensor Labels) ToDevice(HostBatch batch, ulong seed)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        if (batch.Drawn is null)
        {
            (torch.Tensor image, torch.Tensor label) = BatchSampler.ToTensors(batch.Images!, batch.Labels!, batch.Count, _shape, _device);
            return (image.MoveToOuterDisposeScope(), label.MoveToOuterDisposeScope());
        }

        (torch.Tensor images, torch.Tensor labels) = Resident?.Select(batch.Slices) ?? Raw(batch);
        (images, labels) = _augmentation!.Apply(images.flatten(0, 1), labels, batch.Drawn, seed);
        return (images.view(batch.Count, _shape.Channels, _shape.Size, _shape.Size).MoveToOuterDisposeScope(), labels.MoveToOuterDisposeScope());
    }

    /// <summary>Says which ROIs were drawn in the slices of a step.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="share">The share of the batch, from 0; it has slices.</param>
    /// <returns>Ones and zeros, [B, K] float32 on the device; null if all ROIs were drawn in all slices of the data set.</returns>
    public torch.Tensor? Drawn(int epoch, int step, int share = 0) => Source.DrawnAt(epoch, step, share) is { } drawn
        ? DeviceCopy.Bring(torch.tensor(drawn, [Source.CountAt(step, share), drawn.Length / Source.CountAt(step, share)]), _device)
        : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _augmentation?.Dispose();
        Resident?.Dispose();
    }

    private (torch.Tensor Images, torch.Tensor Labels) Raw(HostBatch batch) => BatchSampler.ToTensors(batch.Images!, batch.Labels!, batch.Count, _shape, _device);
}
