using System.Globalization;
using MedSeg.Benchmarks.Peers;

namespace MedSeg.Benchmarks;

/// <summary>A program whose inference is measured.</summary>
/// <param name="setting">The program and its settings.</param>
/// <param name="worker">Its process.</param>
internal sealed class SegmentPeer(PeerSetting setting, LineWorker worker) : IDisposable
{
    /// <summary>The slices that are computed at once: one by one, and as many as MedSeg does by default.</summary>
    public static readonly int[] Batches = [1, 4];

    /// <summary>Gets the name.</summary>
    public string Name => setting.Name;

    /// <summary>Gets a value indicating whether it is MedSeg.</summary>
    public bool IsOwn => setting.Kind.StartsWith("MedSeg", StringComparison.Ordinal);

    /// <summary>Gets a value indicating whether it goes from DICOM files to mask files, not only from slices to probabilities.</summary>
    public bool HasFiles => IsOwn || setting.Kind.StartsWith("PyTorch", StringComparison.Ordinal);

    /// <summary>Gets a value indicating whether all arithmetic is in float32.</summary>
    public bool IsFloat32 => setting.IsFloat32;

    /// <summary>Gets the versions of what it runs.</summary>
    public string Version => worker.Version;

    /// <summary>Gets the seconds that the network takes for a slice, for each of <see cref="Batches"/>.</summary>
    public Samples[] Times { get; } = Array.ConvertAll(Batches, _ => new Samples());

    /// <summary>Gets the CPU seconds of all threads for a slice, for each of <see cref="Batches"/>.</summary>
    public Samples[] Processor { get; } = Array.ConvertAll(Batches, _ => new Samples());

    /// <summary>Gets the mean square of the probabilities, which tells whether programs compute the same network.</summary>
    public double MeanSquare { get; private set; }

    /// <summary>Gets the GFLOP/s of a matrix product.</summary>
    public Samples MatrixRate { get; } = new();

    /// <summary>Returns the seconds that a worker takes for a slice, with its better batch.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="times">How often a batch is computed in a turn.</param>
    public static double BestSeconds(LineWorker worker, int times) => Batches.Min(batch => Infer(worker, batch, times)[0] / batch);

    /// <summary>Measures the network with each of <see cref="Batches"/>.</summary>
    /// <param name="times">How often a batch is computed in a turn.</param>
    /// <param name="isKept">Whether the times are kept; otherwise it is a warm-up.</param>
    public void Infer(int times, bool isKept)
    {
        for (int i = 0; i < Batches.Length; i++)
        {
            double[] numbers = Infer(worker, Batches[i], times);
            worker.Rest();
            MeanSquare = numbers[2];
            if (isKept)
            {
                Times[i].Add(numbers[0] / Batches[i]);
                Processor[i].Add(numbers[1] / Batches[i]);
            }
        }
    }

    /// <summary>Measures the rate of a matrix product, unless the program has none.</summary>
    public void MeasureRate()
    {
        double rate = worker.AskNumbers("matmul")[0];
        worker.Rest();
        if (!double.IsNaN(rate))
        {
            MatrixRate.Add(rate);
        }
    }

    /// <summary>Segments the DICOM files of a folder, in the better of <see cref="Batches"/>; MedSeg in its default.</summary>
    /// <param name="source">The folder.</param>
    /// <param name="target">The folder for the masks and the areas.</param>
    /// <returns>The seconds.</returns>
    public double Scan(string source, string target)
    {
        int best = Enumerable.Range(0, Batches.Length).MinBy(i => Times[i].Median);
        double seconds = worker.AskNumbers(string.Create(CultureInfo.InvariantCulture, $"scan\t{source}\t{target}\t{Batches[best]}"))[0];
        worker.Rest();
        return seconds;
    }

    /// <inheritdoc/>
    public void Dispose() => worker.Dispose();

    private static double[] Infer(LineWorker worker, int batch, int times) => worker.AskTurn(string.Create(CultureInfo.InvariantCulture, $"infer\t{batch}"), times);
}
