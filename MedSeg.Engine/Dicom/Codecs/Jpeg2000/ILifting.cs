namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>
/// The lifting steps of an inverse wavelet transform (T.800, F.3.8). Steps alternate: the first changes the low-frequency
/// samples by their high-frequency neighbours, the second vice versa.
/// </summary>
/// <typeparam name="T">The type of samples.</typeparam>
internal interface ILifting<T>
{
    /// <summary>Gets the number of steps.</summary>
    static abstract int StepCount { get; }

    /// <summary>Converts a row of decoded coefficients, which <see cref="CodeBlockCoefficients"/> describes, to samples.</summary>
    static abstract void Dequantize(ReadOnlySpan<int> coefficients, Span<T> samples, float halfStep);

    /// <summary>Scales samples before the first step.</summary>
    static abstract void Scale(Span<T> samples, bool isLow);

    /// <summary>Halves the samples if a line of high frequencies has only one sample.</summary>
    static abstract void Halve(Span<T> samples);

    /// <summary>Applies a step.</summary>
    /// <param name="step">Its number.</param>
    /// <param name="target">The samples that change.</param>
    /// <param name="before">The neighbour of each on one side.</param>
    /// <param name="after">The neighbour of each on the other side.</param>
    static abstract void Lift(int step, Span<T> target, ReadOnlySpan<T> before, ReadOnlySpan<T> after);
}
