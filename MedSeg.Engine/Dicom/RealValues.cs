using System.Numerics;
using System.Runtime.InteropServices;
using MedSeg.Dicom.Attributes;

namespace MedSeg.Dicom;

/// <summary>Converts the stored values of a grey image to real values with SIMD instructions; results equal those of scalar code.</summary>
internal static class RealValues
{
    // Integers of up to 24 bits are exact in single precision.
    private const int ExactBits = 24;

    /// <summary>Converts uncompressed bytes.</summary>
    /// <param name="bytes">One byte per pixel.</param>
    /// <param name="pixels">The layout of the pixels.</param>
    /// <param name="line">Slope and intercept.</param>
    /// <param name="values">Receives the real values.</param>
    public static void Convert(ReadOnlySpan<byte> bytes, PixelDescription pixels, RescaleLine line, Span<float> values)
    {
        Span<float> table = stackalloc float[1 << 8];
        for (int i = 0; i < table.Length; i++)
        {
            table[i] = line.Of(Extend(i, pixels) ^ pixels.FlippedBits);
        }

        for (int i = 0; i < values.Length; i++)
        {
            values[i] = table[bytes[i]];
        }
    }

    /// <summary>Converts uncompressed 16-bit words.</summary>
    /// <param name="words">One word per pixel, in the byte order of the machine.</param>
    /// <param name="pixels">The layout of the pixels.</param>
    /// <param name="line">Slope and intercept.</param>
    /// <param name="values">Receives the real values.</param>
    public static void Convert(ReadOnlySpan<ushort> words, PixelDescription pixels, RescaleLine line, Span<float> values)
    {
        Span<Vector<float>> targets = MemoryMarshal.Cast<float, Vector<float>>(values);
        ReadOnlySpan<Vector<ushort>> vectors = MemoryMarshal.Cast<ushort, Vector<ushort>>(words);
        var converter = new Converter(pixels, line);
        for (int i = 0; i < vectors.Length; i++)
        {
            Vector.Widen(vectors[i], out Vector<uint> first, out Vector<uint> second);
            targets[2 * i] = converter.Convert(converter.Extend(Vector.AsVectorInt32(first)));
            targets[(2 * i) + 1] = converter.Convert(converter.Extend(Vector.AsVectorInt32(second)));
        }

        for (int i = vectors.Length * Vector<ushort>.Count; i < values.Length; i++)
        {
            values[i] = line.Of(Extend(words[i], pixels) ^ pixels.FlippedBits);
        }
    }

    /// <summary>Converts stored values.</summary>
    /// <param name="stored">The values; an unsigned value of 32 bits is given as its bit pattern.</param>
    /// <param name="pixels">The layout of the pixels.</param>
    /// <param name="line">Slope and intercept.</param>
    /// <param name="values">Receives the real values.</param>
    public static void Convert(ReadOnlySpan<int> stored, PixelDescription pixels, RescaleLine line, Span<float> values)
    {
        int done = 0;
        if (pixels.BitsStored <= ExactBits)
        {
            Span<Vector<float>> targets = MemoryMarshal.Cast<float, Vector<float>>(values);
            ReadOnlySpan<Vector<int>> vectors = MemoryMarshal.Cast<int, Vector<int>>(stored);
            var converter = new Converter(pixels, line);
            for (int i = 0; i < vectors.Length; i++)
            {
                targets[i] = converter.Convert(vectors[i]);
            }

            done = vectors.Length * Vector<int>.Count;
        }

        bool isUnsigned32 = !pixels.IsSigned && pixels.BitsStored == 32;
        for (int i = done; i < values.Length; i++)
        {
            int value = stored[i] ^ pixels.FlippedBits;
            values[i] = line.Of(isUnsigned32 ? (uint)value : value);
        }
    }

    /// <summary>Extracts the stored bits and extends the sign (DICOM PS3.5, 8.1.1).</summary>
    /// <param name="value">The value with all its bits.</param>
    /// <param name="pixels">The layout of the pixels.</param>
    /// <returns>The stored value.</returns>
    public static int Extend(int value, PixelDescription pixels)
    {
        int raised = value << (31 - pixels.HighBit);
        int right = 32 - pixels.BitsStored;
        return pixels.IsSigned ? raised >> right : raised >>> right;
    }

    /// <summary>Converts vectors of values of at most 24 bits.</summary>
    private readonly struct Converter(PixelDescription pixels, RescaleLine line)
    {
        private readonly int _left = 31 - pixels.HighBit;
        private readonly int _right = 32 - pixels.BitsStored;
        private readonly bool _isSigned = pixels.IsSigned;
        private readonly bool _isPlain = line.IsPlain;
        private readonly Vector<int> _flip = new(pixels.FlippedBits);
        private readonly Vector<double> _slope = new(line.Slope);
        private readonly Vector<double> _intercept = new(line.Intercept);

        public Vector<int> Extend(Vector<int> values)
        {
            Vector<int> raised = Vector.ShiftLeft(values, _left);
            return _isSigned ? Vector.ShiftRightArithmetic(raised, _right) : Vector.ShiftRightLogical(raised, _right);
        }

        public Vector<float> Convert(Vector<int> stored)
        {
            Vector<float> values = Vector.ConvertToSingle(stored ^ _flip);
            if (_isPlain)
            {
                return values;
            }

            Vector.Widen(values, out Vector<double> first, out Vector<double> second);
            return Vector.Narrow((first * _slope) + _intercept, (second * _slope) + _intercept);
        }
    }
}
