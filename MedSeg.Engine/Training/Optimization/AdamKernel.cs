using System.Numerics;
using System.Runtime.CompilerServices;
using MedSeg.Devices;
using MedSeg.Tensors;
using TorchSharp;

namespace MedSeg.Training.Optimization;

/// <summary>A step of Adam on the CPU in one pass over memory, where torch needs six.</summary>
internal static unsafe class AdamKernel
{
    // The number of values that a thread updates at once.
    private const int BlockValues = 1 << 14;

    // The cost of a value, in multiply-adds of a convolution.
    private const long ValueOperations = 16;

    /// <summary>Takes a step: m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², p ← p − rate · m / (√v / root + ε).</summary>
    /// <param name="values">The parameters p, [N] float32, in CPU memory as are all others.</param>
    /// <param name="gradients">Their gradients g, [N].</param>
    /// <param name="first">The running mean m of the gradients, [N].</param>
    /// <param name="second">The running mean v of their squares, [N].</param>
    /// <param name="constants">β₁, β₂ and ε.</param>
    /// <param name="rate">The learning rate, corrected for the bias of m towards zero.</param>
    /// <param name="root">The square root of the bias correction of v.</param>
    public static void Step(
        torch.Tensor values,
        torch.Tensor gradients,
        torch.Tensor first,
        torch.Tensor second,
        (double Beta1, double Beta2, double Epsilon) constants,
        float rate,
        float root)
    {
        var job = new Job(
            TensorMemory.Start(values), TensorMemory.Start(gradients), TensorMemory.Start(first), TensorMemory.Start(second), constants, rate, root);
        int count = (int)values.NumberOfElements;
        int blocks = (count + BlockValues - 1) / BlockValues;
        CpuParallel.For(blocks, count * ValueOperations, block => Block(job, block * BlockValues, Math.Min(count, (block + 1) * BlockValues)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block(Job job, int from, int end)
    {
        // 1 − β of float32 would be 5e-5 off.
        var beta1 = new Vector<float>((float)job.Constants.Beta1);
        var beta2 = new Vector<float>((float)job.Constants.Beta2);
        var rest1 = new Vector<float>((float)(1 - job.Constants.Beta1));
        var rest2 = new Vector<float>((float)(1 - job.Constants.Beta2));
        var epsilon = new Vector<float>((float)job.Constants.Epsilon);
        var rate = new Vector<float>(job.Rate);
        var root = new Vector<float>(job.Root);
        int i = from;
        for (; i <= end - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> g = Vector.Load(job.Gradients + i);
            Vector<float> m = (Vector.Load(job.First + i) * beta1) + (g * rest1);
            Vector<float> v = (Vector.Load(job.Second + i) * beta2) + (g * g * rest2);
            Vector.Store(m, job.First + i);
            Vector.Store(v, job.Second + i);
            Vector.Store(Vector.Load(job.Values + i) - (rate * m / ((Vector.SquareRoot(v) / root) + epsilon)), job.Values + i);
        }

        for (; i < end; i++)
        {
            float g = job.Gradients[i];
            float m = (job.First[i] * beta1[0]) + (g * rest1[0]);
            float v = (job.Second[i] * beta2[0]) + (g * g * rest2[0]);
            (job.First[i], job.Second[i]) = (m, v);
            job.Values[i] -= job.Rate * m / ((MathF.Sqrt(v) / job.Root) + epsilon[0]);
        }
    }

    private sealed class Job(
        float* values, float* gradients, float* first, float* second, (double Beta1, double Beta2, double Epsilon) constants, float rate, float root)
    {
        public float* Values { get; } = values;

        public float* Gradients { get; } = gradients;

        public float* First { get; } = first;

        public float* Second { get; } = second;

        public (double Beta1, double Beta2, double Epsilon) Constants { get; } = constants;

        public float Rate { get; } = rate;

        public float Root { get; } = root;
    }
}
