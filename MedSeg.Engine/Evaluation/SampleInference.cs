using MedSeg.Data.Samples;
using MedSeg.Inference;
using MedSeg.Threading;

namespace MedSeg.Evaluation;

/// <summary>Runs a model on the slices of a data set, batch by batch.</summary>
internal static class SampleInference
{
    /// <summary>Computes slices, and calls a function for each of them, on several threads.</summary>
    /// <typeparam name="T">What the function makes of a slice.</typeparam>
    /// <param name="inference">The model.</param>
    /// <param name="samples">The slices, all usable.</param>
    /// <param name="toResult">Gets the index of a slice in its batch, for <see cref="BatchInference.Restore"/>, and the slice.</param>
    /// <param name="events">Receives progress after each batch, and the choice of the backend; or null.</param>
    /// <param name="cancellationToken">Stops before the next batch.</param>
    /// <param name="open">Called for each slice when it is opened, with its index in the batch; or null.</param>
    /// <returns>The results in the order of the slices.</returns>
    public static List<T> Run<T>(
        BatchInference inference, IReadOnlyCollection<Sample> samples, Func<int, Sample, T> toResult, EngineEvents? events, CancellationToken cancellationToken, Action<int, RentedSlice>? open = null)
    {
        var results = new List<T>(samples.Count);
        foreach (Sample[] batch in samples.Chunk(inference.BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            inference.Reserve(batch.Length);
            for (int i = 0; i < batch.Length; i++)
            {
                using RentedSlice pixels = batch[i].Pixels!.Open();
                pixels.Image.CopyTo(inference.Input(i));
                open?.Invoke(i, pixels);
            }

            inference.Compute(batch.Length, events);
            var found = new T[batch.Length];
            ParallelLoop.For(batch.Length, i => found[i] = toResult(i, batch[i]), cancellationToken);
            results.AddRange(found);
            events?.Progress?.Invoke(new WorkProgress(results.Count, samples.Count));
        }

        return results;
    }

    /// <summary>Makes the progress of a part that of the whole.</summary>
    /// <param name="events">The events; or null.</param>
    /// <param name="done">The number of slices of earlier parts.</param>
    /// <param name="total">The number of slices of all parts.</param>
    public static EngineEvents? OfPart(EngineEvents? events, long done, long total) =>
        events?.Progress is { } progress ? events with { Progress = part => progress(new WorkProgress(done + part.Done, total)) } : events;
}
