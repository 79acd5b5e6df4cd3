using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Pictures;
using MedSeg.Training;
using MedSeg.Training.Batches;
using MedSeg.Training.Splits;

namespace MedSeg.Reports;

/// <summary>Makes previews of training batches.</summary>
public static class BatchPreview
{
    /// <summary>Makes the tiles of the first augmented batch of a run with these options.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="options">The run's options.</param>
    /// <returns>A tile for each slice of the batch.</returns>
    /// <exception cref="MedSegException">An option is out of range, or no sample can be used.</exception>
    public static IReadOnlyList<PreviewTile> FirstBatch(Dataset dataset, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        IReadOnlyList<Sample> samples = PatientSplit.Create(dataset, options.Split).Training;
        InputShape shape = dataset.Preprocessing.Shape;
        var source = new BatchSampler(samples, shape, options.Batches);
        HostBatch batch = source.Augment(epoch: 1, step: 0);
        return [.. batch.Slices.Select((slice, i) => new PreviewTile(
            samples[slice].Name,
            dataset.InputSize,
            batch.Images!.AsSpan(i * shape.Length, shape.Plane).ToArray(),
            batch.Labels!.AsSpan(i * shape.Plane, shape.Plane).ToArray()))];
    }
}
