namespace MedSeg.Training.Optimization;

/// <summary>The state of a <see cref="GradientScaler"/>, which a checkpoint stores.</summary>
/// <param name="Scale">The factor of the loss, a power of two.</param>
/// <param name="GoodSteps">The number of steps in a row, since the factor last changed, whose gradients were finite.</param>
internal sealed record GradientScale(double Scale, int GoodSteps)
{
    /// <summary>The factor that a run starts with, as in PyTorch.</summary>
    public static readonly GradientScale Initial = new(1 << 16, 0);

    /// <summary>Gets a value indicating whether the state can be one that was saved.</summary>
    internal bool IsValid => double.IsFinite(Scale) && Scale > 0 && GoodSteps >= 0;
}
