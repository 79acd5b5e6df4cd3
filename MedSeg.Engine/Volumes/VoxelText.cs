using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;

namespace MedSeg.Volumes;

/// <summary>Reads voxels that are stored as text: numbers between white space or commas.</summary>
internal static class VoxelText
{
    private static readonly SearchValues<byte> s_separators = SearchValues.Create(" ,\t\r\n\v\f"u8);

    /// <summary>Returns the most numbers that a text can have: each has a digit and what separates it from the next.</summary>
    /// <param name="length">The length of the text, in bytes.</param>
    public static long MostOf(long length) => (length + 1) / 2;

    /// <summary>Parses numbers.</summary>
    /// <param name="text">The text; what follows the numbers is not read.</param>
    /// <param name="count">How many numbers there should be.</param>
    /// <param name="type">Their type.</param>
    /// <param name="errors">The errors of the file.</param>
    /// <returns>The numbers, little-endian.</returns>
    /// <exception cref="Errors.FileFormatException"><c>VolumeTruncated</c>: there are fewer numbers; <c>VolumeInvalid</c>: one is not a number of the type.</exception>
    public static byte[] Parse(ReadOnlySpan<byte> text, long count, VoxelType type, VolumeErrors errors)
    {
        int size = VoxelArray.SizeOf(type);
        if (count > MostOf(text.Length))
        {
            throw errors.Truncated(count * size, MostOf(text.Length) * size);
        }

        byte[] voxels = new byte[count * size];
        for (long voxel = 0; voxel < count; voxel++)
        {
            text = text[SeparatorsIn(text)..];
            int length = text.IndexOfAny(s_separators);
            ReadOnlySpan<byte> word = length < 0 ? text : text[..length];
            if (word.IsEmpty)
            {
                throw errors.Truncated(voxels.Length, voxel * size);
            }

            if (!TryWrite(word, type, voxels.AsSpan((int)(voxel * size), size)))
            {
                throw errors.Invalid($"The text of voxel {voxel + 1} is not a number of the type {type}.");
            }

            text = text[word.Length..];
        }

        return voxels;
    }

    private static int SeparatorsIn(ReadOnlySpan<byte> text)
    {
        int first = text.IndexOfAnyExcept(s_separators);
        return first < 0 ? text.Length : first;
    }

    private static bool TryWrite(ReadOnlySpan<byte> word, VoxelType type, Span<byte> voxel)
    {
        if (type is VoxelType.Float32 or VoxelType.Float64)
        {
            return TryReal(word, out double real) && TryWriteReal(real, type, voxel);
        }

        if (type == VoxelType.UInt64)
        {
            BinaryPrimitives.TryWriteUInt64LittleEndian(voxel, Utf8Parser.TryParse(word, out ulong large, out int end) && end == word.Length ? large : 0);
            return end == word.Length;
        }

        (long least, long most) = type switch
        {
            VoxelType.UInt8 => (0, byte.MaxValue),
            VoxelType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
            VoxelType.UInt16 => (0, ushort.MaxValue),
            VoxelType.Int16 => (short.MinValue, short.MaxValue),
            VoxelType.UInt32 => (0, uint.MaxValue),
            VoxelType.Int32 => (int.MinValue, int.MaxValue),
            _ => (long.MinValue, long.MaxValue),
        };
        if (!Utf8Parser.TryParse(word, out long value, out int consumed) || consumed != word.Length || value < least || value > most)
        {
            return false;
        }

        for (int i = 0; i < voxel.Length; i++)
        {
            voxel[i] = (byte)(value >> (8 * i));
        }

        return true;
    }

    private static bool TryWriteReal(double value, VoxelType type, Span<byte> voxel) => type == VoxelType.Float32
        ? BinaryPrimitives.TryWriteSingleLittleEndian(voxel, (float)value)
        : BinaryPrimitives.TryWriteDoubleLittleEndian(voxel, value);

    // C writes inf and nan.
    private static bool TryReal(ReadOnlySpan<byte> word, out double value)
    {
        ReadOnlySpan<byte> unsigned = word[0] is (byte)'-' or (byte)'+' ? word[1..] : word;
        if (unsigned.Length == 3 && System.Text.Ascii.EqualsIgnoreCase(unsigned, "inf"u8))
        {
            value = word[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        if (unsigned.Length == 3 && System.Text.Ascii.EqualsIgnoreCase(unsigned, "nan"u8))
        {
            value = double.NaN;
            return true;
        }

        return Utf8Parser.TryParse(word, out value, out int consumed) && consumed == word.Length;
    }
}
