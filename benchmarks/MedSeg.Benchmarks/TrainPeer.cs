using MedSeg.Benchmarks.Peers;
using MedSeg.Devices;

namespace MedSeg.Benchmarks;

/// <summary>A program whose training steps are measured.</summary>
/// <param name="setting">The program and its settings.</param>
/// <param name="worker">Its process.</param>
internal sealed class TrainPeer(PeerSetting setting, LineWorker worker) : IDisposable
{
    private const string Own = "MedSeg";

    /// <summary>Gets the name.</summary>
    public string Name => setting.Name;

    /// <summary>Gets a value indicating whether it is MedSeg, in any way of convolving.</summary>
    public bool IsOwn => setting.Kind == Own;

    /// <summary>Gets a value indicating whether all arithmetic is in float32.</summary>
    public bool IsFloat32 => setting.IsFloat32;

    /// <summary>Gets the versions of what it runs.</summary>
    public string Version => worker.Version;

    /// <summary>Gets what its steps took.</summary>
    public StepTimes Times { get; } = new();

    /// <summary>Gets the peak of its memory so far, in bytes.</summary>
    public double PeakMemory => Ask("peak");

    /// <summary>Lists MedSeg with each way of convolving, as users run it first, and in bfloat16.</summary>
    /// <param name="arguments">The arguments of the worker.</param>
    /// <param name="limit">The instructions that it may use.</param>
    public static IEnumerable<PeerSetting> OwnSettings(string[] arguments, InstructionLimit limit) =>
        from own in ((ConvolutionPath Path, Precision Precision)[])[(ConvolutionPath.Auto, Precision.Float32), (ConvolutionPath.Direct, Precision.Float32), (ConvolutionPath.Torch, Precision.Float32), (ConvolutionPath.Auto, Precision.BFloat16)]
        let isFloat32 = own.Precision == Precision.Float32
        where isFloat32 || !limit.IsAvx2 // oneDNN has no products of bfloat16 for AVX2: a step takes half a minute.
        let variables = new Dictionary<string, string>(limit.Variables) { [CpuFeatures.PathVariable] = own.Path.ToString() }
        let name = !isFloat32 ? $"-Precision {own.Precision}" : own.Path == ConvolutionPath.Auto ? "" : $"{CpuFeatures.PathVariable}={own.Path}"
        select new PeerSetting(Own, name, isFloat32, () => LineWorker.StartSelf(variables, ["train-worker", .. arguments, own.Precision.ToString()]));

    /// <summary>Returns the seconds of a worker's step.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="times">The steps of a turn.</param>
    public static double StepSeconds(LineWorker worker, int times) => worker.AskTurn("step", times)[..^1].Sum();

    /// <summary>Takes a turn of steps, and waits until the threads of the program sleep.</summary>
    /// <param name="times">The steps of a turn.</param>
    /// <param name="isKept">Whether its times are kept; otherwise it is a warm-up.</param>
    public void Step(int times, bool isKept)
    {
        double[] step = worker.AskTurn("step", times);
        worker.Rest();
        if (isKept)
        {
            Times.Add(step);
        }
    }

    /// <summary>Measures the rate of a matrix product.</summary>
    public void MeasureRate()
    {
        Times.MatrixRate.Add(Ask("matmul"));
        worker.Rest();
    }

    /// <summary>Asks the process for a number.</summary>
    /// <param name="command">The command.</param>
    public double Ask(string command) => worker.AskNumbers(command)[0];

    /// <inheritdoc/>
    public void Dispose() => worker.Dispose();
}
