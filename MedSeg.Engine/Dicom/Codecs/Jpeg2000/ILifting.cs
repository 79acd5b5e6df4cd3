namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>
/// The lifting steps of an inverse wavelet transform (T.800, F.3.8). Steps alternate: the first changes the low-frequency
/// samples by their high-frequency neighbours, the second the other way round.
/// </summary>
/// <typeparam name="T">The type of samples.</typeparam>
internal interface ILifting<T>
{
    /// <summary>Gets the number of steps.</summary>
    static abstract int StepCount { get; }

    /// <summary>Turns a coefficient as it was decoded, times two with the middle of its interval, into a sample.</summary>
    static abstract T Dequantize(int coefficient, float halfStep);

    /// <summary>Scales samples before the first step.</summary>
    static abstract void Scale(Span<T> samples, bool isLow);

    /// <summary>Halves the samples where a line of high frequencies is but one sample long.</summary>
    static abstract void Halve(Span<T> samples);

    /// <summary>Does a step.</summary>
    /// <param name="step">Its number.</param>
    /// <param name="target">The samples that change.</param>
    /// <param name="before">Of each, the neighbour to one side.</param>
    /// <param name="after">Of each, the neighbour to the other side.</param>
    static abstract void Lift(int step, Span<T> target, ReadOnlySpan<T> before, ReadOnlySpan<T> after);
}
