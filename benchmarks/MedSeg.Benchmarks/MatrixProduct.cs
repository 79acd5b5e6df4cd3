using System.Diagnostics;
using TorchSharp;

namespace MedSeg.Benchmarks;

/// <summary>A product of two large matrices by torch, whose rate shows what its BLAS makes of the CPU.</summary>
internal static class MatrixProduct
{
    private const int Side = 2048;

    /// <summary>Measures a product.</summary>
    /// <param name="threads">The number of threads.</param>
    /// <returns>GFLOP/s.</returns>
    public static double Rate(int threads)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor a = torch.rand(Side, Side);
        torch.Tensor b = torch.rand(Side, Side);
        int before = torch.get_num_threads();
        torch.set_num_threads(threads);
        long start = Stopwatch.GetTimestamp();
        torch.mm(a, b);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        torch.set_num_threads(before);
        return 2 * Math.Pow(Side, 3) / seconds / 1e9;
    }
}
