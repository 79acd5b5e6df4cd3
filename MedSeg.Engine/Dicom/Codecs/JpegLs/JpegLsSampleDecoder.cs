using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace MedSeg.Dicom.Codecs.JpegLs;

/// <summary>Decodes samples one by one from their neighbours, their contexts and the bits of a scan (ITU-T T.87, A.3 to A.7).</summary>
internal ref struct JpegLsSampleDecoder
{
    // Nine regions for each of three gradients; a context and its mirror image count as one.
    private const int RegularContexts = 365;
    private const int MinimumCorrection = -128;
    private const int MaximumCorrection = 127;

    private readonly JpegLsRegularContext[] _regular = new JpegLsRegularContext[RegularContexts];
    private readonly JpegLsRunContext[] _run = new JpegLsRunContext[2];
    private readonly ReadOnlySpan<sbyte> _regions;
    private readonly JpegLsParameters _parameters;
    private readonly int _maximumValue;
    private readonly int _near;
    private readonly int _step;
    private readonly int _range;
    private readonly int _reset;
    private readonly int _errorBits;
    private readonly int _longest;
    private readonly int _maximumGradient;
    private JpegLsBitReader _bits;

    /// <summary>Initializes a new instance of the <see cref="JpegLsSampleDecoder"/> struct at the start of a scan.</summary>
    public JpegLsSampleDecoder(JpegLsBitReader bits, JpegLsParameters parameters)
    {
        _bits = bits;
        _parameters = parameters;
        _maximumValue = parameters.MaximumValue;
        _near = parameters.Near;
        _step = parameters.Step;
        _range = parameters.Range;
        _reset = parameters.Reset;
        _errorBits = parameters.ErrorBits;
        _longest = parameters.Limit - parameters.ErrorBits - 1;
        _maximumGradient = parameters.Threshold3;
        _regions = Regions(parameters);
        ResetContexts();
    }

    /// <summary>Gets J, the binary logarithms of the lengths of runs (ITU-T T.87, A.2.1).</summary>
    private static ReadOnlySpan<byte> RunLengths =>
        [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    /// <summary>Gets the offset of the first byte not yet read.</summary>
    public readonly int Position => _bits.Position;

    /// <summary>Predicts a sample from its neighbours to the left, above, and above left (ITU-T T.87, A.4.1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Predict(int left, int above, int aboveLeft)
    {
        // The median of left, above and left + above - aboveLeft.
        int least = Math.Min(left, above);
        int greatest = Math.Max(left, above);
        return Math.Max(least, Math.Min(greatest, left + above - aboveLeft));
    }

    /// <summary>Gets the region of a gradient, -4 to 4 (ITU-T T.87, A.3.3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int Region(int gradient) =>
        _regions[Math.Max(-_maximumGradient, Math.Min(_maximumGradient, gradient)) + _maximumGradient];

    /// <summary>Decodes a sample in regular mode (ITU-T T.87, A.4 to A.6).</summary>
    /// <param name="context">The signed number of the context, -364 to 364.</param>
    /// <param name="prediction">The prediction, not yet corrected.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int DecodeRegular(int context, int prediction)
    {
        // 0 or -1; (x ^ sign) - sign negates x if it is -1.
        int sign = context >> 31;
        ref JpegLsRegularContext statistics = ref _regular[(context ^ sign) - sign];
        int corrected = Math.Max(0, Math.Min(_maximumValue, prediction + ((statistics.C ^ sign) - sign)));
        int k = GolombParameter(statistics.A, statistics.N);
        int mapped = _bits.TakeGolomb(k, _longest, _errorBits);
        if ((uint)mapped > (uint)_range)
        {
            ThrowDamaged();
        }

        int error = (mapped >> 1) ^ -(mapped & 1);
        if ((k | _near) == 0 && 2 * statistics.B <= -statistics.N)
        {
            error = ~error;
        }

        Update(ref statistics, error);
        return Reconstruct(corrected, (error ^ sign) - sign);
    }

    /// <summary>Decodes the length of a run (ITU-T T.87, A.7.1).</summary>
    /// <param name="room">The number of samples to the end of the line; of pixels if samples are interleaved.</param>
    /// <param name="runIndex">The state of run lengths.</param>
    /// <returns>The length; below <paramref name="room"/>, an interruption follows.</returns>
    public int DecodeRunLength(int room, ref int runIndex)
    {
        int length = 0;
        while (_bits.TakeBit())
        {
            int block = 1 << RunLengths[runIndex];
            if (block > room - length)
            {
                return room;
            }

            length += block;
            runIndex = Math.Min(runIndex + 1, RunLengths.Length - 1);
            if (length == room)
            {
                return room;
            }
        }

        length += _bits.Take(RunLengths[runIndex]);
        if (length >= room)
        {
            ThrowDamaged();
        }

        return length;
    }

    /// <summary>Decodes the sample that ends a run (ITU-T T.87, A.7.2).</summary>
    /// <param name="left">The sample to its left, which the run repeats.</param>
    /// <param name="above">The sample above.</param>
    /// <param name="runIndex">The state of run lengths, before it is decremented for the interruption.</param>
    /// <param name="isAlternating">Whether samples of several components are interleaved: then all use the first context.</param>
    public int DecodeInterruption(int left, int above, int runIndex, bool isAlternating)
    {
        int type = !isAlternating && Math.Abs(left - above) <= _near ? 1 : 0;
        ref JpegLsRunContext statistics = ref _run[type];
        int k = GolombParameter(statistics.A + (type == 1 ? statistics.N >> 1 : 0), statistics.N);
        int mapped = _bits.TakeGolomb(k, _longest - RunLengths[runIndex] - 1, _errorBits);
        if ((uint)mapped > (uint)_range)
        {
            ThrowDamaged();
        }

        int magnitude = (mapped + type + 1) >> 1;
        bool isOdd = ((mapped + type) & 1) == 1;
        bool oddIsNegative = k != 0 || 2 * statistics.Negatives >= statistics.N;
        int error = isOdd == oddIsNegative ? -magnitude : magnitude;
        statistics.Negatives += error < 0 ? 1 : 0;
        statistics.A += (mapped + 1 - type) >> 1;
        if (statistics.N == _reset)
        {
            statistics.A >>= 1;
            statistics.N >>= 1;
            statistics.Negatives >>= 1;
        }

        statistics.N++;
        return type == 1 ? Reconstruct(left, error) : Reconstruct(above, left > above ? -error : error);
    }

    /// <summary>Throws if the last line consumed more bits than there are.</summary>
    public readonly void EndLine()
    {
        if (_bits.IsExhausted)
        {
            ThrowDamaged();
        }
    }

    /// <summary>Ends the scan or, if a restart marker is given, an interval of it.</summary>
    /// <param name="restartMarker">The marker that must follow, or null.</param>
    public void EndInterval(byte? restartMarker)
    {
        if (!_bits.TryEnd())
        {
            throw new CodestreamException("its coded data continue after the last line of a scan or restart interval: they are damaged", Position);
        }

        if (restartMarker is { } marker)
        {
            if (!_bits.TryTakeMarker(marker))
            {
                throw new CodestreamException("a restart marker is missing", Position);
            }

            ResetContexts();
        }
    }

    /// <summary>Finds the Golomb parameter: the least k with n 2^k >= a (ITU-T T.87, A.5.1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int GolombParameter(int a, int n)
    {
        int k = Math.Max(0, BitOperations.LeadingZeroCount((uint)n) - BitOperations.LeadingZeroCount((uint)a));
        return k + (n << k < a ? 1 : 0);
    }

    private static sbyte[] Regions(JpegLsParameters parameters)
    {
        int greatest = parameters.Threshold3;
        sbyte[] regions = new sbyte[(2 * greatest) + 1];
        for (int gradient = parameters.Near + 1; gradient <= greatest; gradient++)
        {
            sbyte region = gradient switch
            {
                _ when gradient < parameters.Threshold1 => 1,
                _ when gradient < parameters.Threshold2 => 2,
                _ when gradient < greatest => 3,
                _ => 4,
            };
            regions[greatest + gradient] = region;
            regions[greatest - gradient] = (sbyte)-region;
        }

        return regions;
    }

    /// <summary>Adds a quantised error to a prediction (ITU-T T.87, A.4.5).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int Reconstruct(int prediction, int error)
    {
        int value = prediction + (error * _step);
        if (value < -_near)
        {
            value += _range * _step;
        }
        else if (value > _maximumValue + _near)
        {
            value -= _range * _step;
        }

        return Math.Max(0, Math.Min(_maximumValue, value));
    }

    /// <summary>Adds an error to the statistics of its context (ITU-T T.87, A.6).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Update(ref JpegLsRegularContext statistics, int error)
    {
        int a = statistics.A + Math.Abs(error);
        int b = statistics.B + (error * _step);
        int n = statistics.N;
        if (n == _reset)
        {
            a >>= 1;
            b >>= 1;
            n >>= 1;
        }

        n++;
        statistics.A = a;
        statistics.N = n;
        if (b <= -n)
        {
            statistics.C = Math.Max(MinimumCorrection, statistics.C - 1);
            b = Math.Max(b + n, 1 - n);
        }
        else if (b > 0)
        {
            statistics.C = Math.Min(MaximumCorrection, statistics.C + 1);
            b = Math.Min(b - n, 0);
        }

        statistics.B = b;
    }

    private readonly void ResetContexts()
    {
        int a = Math.Max(2, (_parameters.Range + 32) / 64);
        Array.Fill(_regular, new JpegLsRegularContext { A = a, N = 1 });
        Array.Fill(_run, new JpegLsRunContext { A = a, N = 1 });
    }

    [DoesNotReturn]
    private readonly void ThrowDamaged() => throw new CodestreamException(
        _bits.IsExhausted ? "its coded data end before the last sample" : "its coded data are damaged", Position);
}
