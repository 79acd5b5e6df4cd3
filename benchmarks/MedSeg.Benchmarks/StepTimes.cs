namespace MedSeg.Benchmarks;

/// <summary>What the steps of one program took.</summary>
internal sealed class StepTimes
{
    /// <summary>The names of the parts.</summary>
    public static readonly string[] PartNames = ["data", "forward", "loss", "backward", "optimiser"];

    /// <summary>Gets the seconds of a step.</summary>
    public Samples Total { get; } = new();

    /// <summary>Gets the CPU seconds of a step, of all threads together.</summary>
    public Samples Processor { get; } = new();

    /// <summary>Gets the GFLOP/s of a matrix product.</summary>
    public Samples MatrixRate { get; } = new();

    /// <summary>Gets the seconds of each part.</summary>
    public Samples[] Parts { get; } = [.. PartNames.Select(_ => new Samples())];

    /// <summary>Adds a step.</summary>
    /// <param name="numbers">The seconds of its parts, and the CPU seconds of all.</param>
    public void Add(double[] numbers)
    {
        Total.Add(numbers[..^1].Sum());
        Processor.Add(numbers[^1]);
        for (int i = 0; i < Parts.Length; i++)
        {
            Parts[i].Add(numbers[i]);
        }
    }
}
