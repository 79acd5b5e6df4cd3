using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using MedSeg.Devices;
using TorchSharp;

namespace MedSeg.Benchmarks.Peers;

/// <summary>Torch as TorchSharp's users have it, with all cores.</summary>
internal static class PlainTorch
{
    /// <summary>Gets the versions.</summary>
    public static string Version => $"{RuntimeInformation.FrameworkDescription}, TorchSharp {typeof(torch).Assembly.GetName().Version?.ToString(3)} with libtorch {torch.__version__}, {torch.get_num_threads()} threads";

    /// <summary>Gets the number of threads: OMP_NUM_THREADS limits all programs of a comparison.</summary>
    public static int Threads => int.TryParse(Environment.GetEnvironmentVariable("OMP_NUM_THREADS"), CultureInfo.InvariantCulture, out int threads) ? threads : Environment.ProcessorCount;

    /// <summary>Gets the peak of the process's memory, in bytes.</summary>
    public static double PeakMemory
    {
        get
        {
            using Process process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64;
        }
    }

    /// <summary>Loads torch.</summary>
    public static void Start()
    {
        TorchLibrary.Require();
        torch.set_num_threads(Threads);
    }
}
