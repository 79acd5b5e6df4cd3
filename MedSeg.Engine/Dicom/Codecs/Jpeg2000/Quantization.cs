namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>The quantization of a component (QCD, QCC; T.800, A.6.4 and annex E).</summary>
/// <param name="GuardBits">The number of guard bits.</param>
/// <param name="IsDerived">Whether only the step of the lowest band is given and the others are derived from it.</param>
/// <param name="IsScalar">Whether steps may be other than powers of two.</param>
/// <param name="Steps">The exponent (upper 5 bits) and mantissa (lower 11 bits) of each band's step.</param>
/// <param name="Offset">The offset of the marker segment, for messages.</param>
internal sealed record Quantization(int GuardBits, bool IsDerived, bool IsScalar, int[] Steps, int Offset)
{
    private const int MantissaBits = 11;
    private const int MaximumSteps = (3 * 32) + 1;

    /// <summary>Reads the parameters.</summary>
    /// <param name="segment">The rest of the marker segment.</param>
    /// <exception cref="CodestreamException">They violate the standard.</exception>
    public static Quantization Read(ref SegmentReader segment)
    {
        int start = segment.Position;
        int style = segment.Byte();
        int kind = style & 0x1F;
        if (kind > 2)
        {
            throw new CodestreamException("the quantization has a style that part 1 does not define", start);
        }

        int available = kind == 0 ? segment.Remaining : segment.Remaining / 2;
        int[] steps = new int[kind == 1 ? 1 : Math.Min(available, MaximumSteps)];
        for (int i = 0; i < steps.Length; i++)
        {
            steps[i] = kind == 0 ? segment.Byte() >> 3 << MantissaBits : segment.UInt16();
        }

        return new Quantization(style >> 5, kind == 1, kind != 0, steps, start);
    }

    /// <summary>Gets the number of bit-planes of a band without those of a region of interest (T.800, E-2).</summary>
    /// <param name="resolution">The resolution that the band belongs to.</param>
    /// <param name="band">The number of the band, 0 for the lowest, then three per resolution.</param>
    public int PlaneCount(int resolution, int band) => GuardBits + Exponent(resolution, band) - 1;

    /// <summary>Gets the quantization step of a band (T.800, E-3).</summary>
    /// <param name="resolution">The resolution that the band belongs to.</param>
    /// <param name="band">The number of the band.</param>
    /// <param name="dynamicRange">The number of bits of the image's samples and of the band's gain.</param>
    public float StepSize(int resolution, int band, int dynamicRange)
    {
        int mantissa = Step(band) & ((1 << MantissaBits) - 1);
        return MathF.ScaleB(1 + (mantissa / (float)(1 << MantissaBits)), dynamicRange - Exponent(resolution, band));
    }

    private int Exponent(int resolution, int band)
    {
        int exponent = Step(band) >> MantissaBits;

        // E-5: each level further from the lowest band has one bit less.
        return IsDerived && resolution > 0 ? exponent - (resolution - 1) : exponent;
    }

    private int Step(int band)
    {
        int index = IsDerived ? 0 : band;
        return index < Steps.Length
            ? Steps[index]
            : throw new CodestreamException("the quantization is missing for some subbands", Offset);
    }
}
