using System.Globalization;
using System.Numerics;

namespace MedSeg.Dicom.Codecs.JpegLs;

/// <summary>The coding parameters of a scan and values derived from them (ITU-T T.87, A.2 and C.2.4.1.1).</summary>
internal sealed class JpegLsParameters
{
    private const int DefaultReset = 64;

    private JpegLsParameters(int maximumValue, int near, JpegLsPreset preset)
    {
        MaximumValue = maximumValue;
        Near = near;
        (int t1, int t2, int t3) = DefaultThresholds(maximumValue, near);
        Threshold1 = preset.Threshold1 == 0 ? t1 : preset.Threshold1;
        Threshold2 = preset.Threshold2 == 0 ? t2 : preset.Threshold2;
        Threshold3 = preset.Threshold3 == 0 ? t3 : preset.Threshold3;
        Reset = preset.Reset == 0 ? DefaultReset : preset.Reset;
        Step = (2 * near) + 1;
        Range = ((maximumValue + (2 * near)) / Step) + 1;
        ErrorBits = BitsFor(Range - 1);
        int sampleBits = Math.Max(2, BitsFor(maximumValue));
        Limit = 2 * (sampleBits + Math.Max(8, sampleBits));
    }

    /// <summary>Gets MAXVAL, the greatest sample.</summary>
    public int MaximumValue { get; }

    /// <summary>Gets NEAR, the greatest difference from the original.</summary>
    public int Near { get; }

    /// <summary>Gets T1, the least gradient of the second region.</summary>
    public int Threshold1 { get; }

    /// <summary>Gets T2, the least gradient of the third region.</summary>
    public int Threshold2 { get; }

    /// <summary>Gets T3, the least gradient of the fourth region.</summary>
    public int Threshold3 { get; }

    /// <summary>Gets RESET, the count at which the statistics of a context are halved.</summary>
    public int Reset { get; }

    /// <summary>Gets the width of a quantisation interval of prediction errors: 2 NEAR + 1.</summary>
    public int Step { get; }

    /// <summary>Gets RANGE, the number of values of a quantised prediction error.</summary>
    public int Range { get; }

    /// <summary>Gets qbpp, the number of bits of a quantised prediction error.</summary>
    public int ErrorBits { get; }

    /// <summary>Gets LIMIT, the length of the longest code of a prediction error.</summary>
    public int Limit { get; }

    /// <summary>Derives the parameters of a scan.</summary>
    /// <param name="precision">The number of bits per sample.</param>
    /// <param name="near">NEAR.</param>
    /// <param name="preset">The preset parameters of the codestream.</param>
    /// <param name="offset">The offset of the scan, for messages.</param>
    public static JpegLsParameters Derive(int precision, int near, JpegLsPreset preset, int offset)
    {
        int greatest = (1 << precision) - 1;
        int maximumValue = preset.MaximumValue == 0 ? greatest : preset.MaximumValue;
        if (maximumValue > greatest || near > maximumValue / 2)
        {
            throw new CodestreamException(
                string.Create(CultureInfo.InvariantCulture, $"its coding parameters (greatest value {maximumValue}, greatest difference {near}) do not match its precision of {precision} bits"),
                offset);
        }

        var parameters = new JpegLsParameters(maximumValue, near, preset);
        if (parameters.Threshold1 <= near || parameters.Threshold2 < parameters.Threshold1 || parameters.Threshold3 < parameters.Threshold2
            || parameters.Threshold3 > maximumValue || parameters.Reset < 3 || parameters.Reset > Math.Max(255, maximumValue))
        {
            throw new CodestreamException(
                string.Create(CultureInfo.InvariantCulture, $"its coding parameters (thresholds {parameters.Threshold1}, {parameters.Threshold2} and {parameters.Threshold3}, reset {parameters.Reset}) violate the standard"),
                offset);
        }

        return parameters;
    }

    private static (int T1, int T2, int T3) DefaultThresholds(int maximumValue, int near)
    {
        // The basic thresholds 3, 7 and 21 are for 8 bits.
        if (maximumValue >= 128)
        {
            int factor = (Math.Min(maximumValue, 4095) + 128) / 256;
            return Ordered(factor + 2 + (3 * near), (4 * factor) + 3 + (5 * near), (17 * factor) + 4 + (7 * near));
        }

        int divisor = 256 / (maximumValue + 1);
        return Ordered(
            Math.Max(2, (3 / divisor) + (3 * near)), Math.Max(3, (7 / divisor) + (5 * near)), Math.Max(4, (21 / divisor) + (7 * near)));

        (int T1, int T2, int T3) Ordered(int t1, int t2, int t3)
        {
            t1 = WithinOr(near + 1, t1);
            t2 = WithinOr(t1, t2);
            return (t1, t2, WithinOr(t2, t3));
        }

        // The standard's CLAMP: values out of range, also those above, become the lower bound.
        int WithinOr(int least, int value) => value > maximumValue || value < least ? least : value;
    }

    private static int BitsFor(int value) => 32 - BitOperations.LeadingZeroCount((uint)value);
}
