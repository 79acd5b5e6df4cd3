using MedSeg.Devices;

namespace MedSeg.Benchmarks;

/// <summary>A program whose training steps are measured.</summary>
/// <param name="name">Its name in tables.</param>
/// <param name="worker">Its process.</param>
internal sealed class TrainPeer(string name, LineWorker worker) : IDisposable
{
    /// <summary>The name of MedSeg as users run it.</summary>
    public const string Own = "MedSeg";

    // Where Debian's two kinds of OpenBLAS are. Their threads differ: those of the first compete with torch's own, which are OpenMP's.
    private static readonly (string Name, string Folder)[] s_libraries =
    [
        ("PyTorch, OpenBLAS pthread", "/usr/lib/x86_64-linux-gnu/openblas-pthread"),
        ("PyTorch, OpenBLAS openmp", "/usr/lib/x86_64-linux-gnu/openblas-openmp"),
    ];

    /// <summary>Gets the name.</summary>
    public string Name { get; } = name;

    /// <summary>Gets the versions of what it runs.</summary>
    public string Version => worker.Version;

    /// <summary>Gets what its steps took.</summary>
    public StepTimes Times { get; } = new();

    /// <summary>Gets the peak of its memory so far, in bytes.</summary>
    public double PeakMemory => Ask("peak");

    /// <summary>Starts MedSeg with each way of convolving, and PyTorch with each BLAS that is installed.</summary>
    /// <param name="arguments">The arguments of the workers.</param>
    /// <returns>The programs, MedSeg as users run it first.</returns>
    public static IReadOnlyList<TrainPeer> StartAll(string[] arguments)
    {
        var peers = new List<TrainPeer>();
        foreach (ConvolutionPath path in (ConvolutionPath[])[ConvolutionPath.Auto, ConvolutionPath.Direct, ConvolutionPath.Torch])
        {
            LineWorker own = LineWorker.StartSelf((CpuFeatures.PathVariable, path.ToString()), ["train-worker", .. arguments]);
            peers.Add(new TrainPeer(path == ConvolutionPath.Auto ? Own : $"{Own}, {CpuFeatures.PathVariable}={path}", own));
        }

        foreach ((string name, string folder) in s_libraries.Where(library => Directory.Exists(library.Folder)))
        {
            if (LineWorker.StartPython(("LD_LIBRARY_PATH", folder), "train_torch.py", arguments) is { } python)
            {
                peers.Add(new TrainPeer(name, python));
            }
        }

        return peers;
    }

    /// <summary>Takes a step.</summary>
    /// <param name="isKept">Whether its times are kept; otherwise it is a warm-up.</param>
    public void Step(bool isKept)
    {
        double[] step = worker.AskNumbers("step");
        if (isKept)
        {
            Times.Add(step);
        }
    }

    /// <summary>Measures the rate of a matrix product.</summary>
    public void MeasureRate() => Times.MatrixRate.Add(Ask("matmul"));

    /// <summary>Asks the process for a number.</summary>
    /// <param name="command">The command.</param>
    public double Ask(string command) => worker.AskNumbers(command)[0];

    /// <inheritdoc/>
    public void Dispose() => worker.Dispose();
}
