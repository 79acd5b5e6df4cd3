using System.Buffers.Binary;

namespace MedSeg.Volumes;

/// <summary>
/// Makes the header of unsigned 8-bit labels from that of their NIfTI image: size, voxel sizes, units, sform and qform with their codes stay
/// as they are, and so do version and byte order. Texts are left out: programs write acquisition times and names into them.
/// </summary>
internal static class NiftiMaskHeader
{
    private const int ExtensionLength = 4;
    private const short LabelIntent = 1002;
    private const short UInt8Type = 2;

    /// <summary>Makes the header, and the empty extension that follows it.</summary>
    /// <param name="source">The header of the image.</param>
    /// <returns>352 or, in version 2, 544 bytes.</returns>
    public static byte[] Create(NiftiHeader source)
    {
        byte[] header = [.. source.Bytes, .. new byte[ExtensionLength]];
        (source.IsVersion2 ? (Action<byte[], bool>)Change2 : Change1)(header, source.IsBigEndian);
        if (source.Volumes > 1 && source.Rank > 3)
        {
            Flatten(header, source);
        }

        return header;
    }

    // The mask of several channels is one volume.
    private static void Flatten(byte[] header, NiftiHeader source)
    {
        if (source.IsVersion2)
        {
            Int64(header, 16, 3, source.IsBigEndian);
            for (int axis = 4; axis <= 7; axis++)
            {
                Int64(header, 16 + (8 * axis), 1, source.IsBigEndian);
            }
        }
        else
        {
            Int16(header, 40, 3, source.IsBigEndian);
            for (int axis = 4; axis <= 7; axis++)
            {
                Int16(header, 40 + (2 * axis), 1, source.IsBigEndian);
            }
        }
    }

    // The offsets of nifti1.h.
    private static void Change1(byte[] header, bool isBigEndian)
    {
        header.AsSpan(4, 36).Clear(); // data_type, db_name, extents, session_error, regular, dim_info
        header.AsSpan(56, 12).Clear(); // intent_p1 to intent_p3
        Int16(header, 68, LabelIntent, isBigEndian);
        Int16(header, 70, UInt8Type, isBigEndian);
        Int16(header, 72, 8, isBigEndian);
        Int16(header, 74, 0, isBigEndian); // slice_start
        Single(header, 108, header.Length, isBigEndian);
        Single(header, 112, 1, isBigEndian);
        header.AsSpan(116, 7).Clear(); // scl_inter, slice_end, slice_code
        header.AsSpan(124, 128).Clear(); // cal_max to descrip and aux_file
        header.AsSpan(328, 16).Clear(); // intent_name
        "n+1\0"u8.CopyTo(header.AsSpan(344));
    }

    // The offsets of nifti2.h.
    private static void Change2(byte[] header, bool isBigEndian)
    {
        "n+2\0"u8.CopyTo(header.AsSpan(4));
        Int16(header, 12, UInt8Type, isBigEndian);
        Int16(header, 14, 8, isBigEndian);
        header.AsSpan(80, 24).Clear(); // intent_p1 to intent_p3
        Int64(header, 168, header.Length, isBigEndian);
        Double(header, 176, 1, isBigEndian);
        header.AsSpan(184, 160).Clear(); // scl_inter to slice_end, descrip, aux_file
        header.AsSpan(496, 4).Clear(); // slice_code
        Int32(header, 504, LabelIntent, isBigEndian);
        header.AsSpan(508, 17).Clear(); // intent_name, dim_info
    }

    private static void Int16(byte[] header, int offset, short value, bool isBigEndian) =>
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(offset), isBigEndian ? BinaryPrimitives.ReverseEndianness(value) : value);

    private static void Int32(byte[] header, int offset, int value, bool isBigEndian) =>
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(offset), isBigEndian ? BinaryPrimitives.ReverseEndianness(value) : value);

    private static void Int64(byte[] header, int offset, long value, bool isBigEndian) =>
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(offset), isBigEndian ? BinaryPrimitives.ReverseEndianness(value) : value);

    private static void Single(byte[] header, int offset, float value, bool isBigEndian) =>
        Int32(header, offset, BitConverter.SingleToInt32Bits(value), isBigEndian);

    private static void Double(byte[] header, int offset, double value, bool isBigEndian) =>
        Int64(header, offset, BitConverter.DoubleToInt64Bits(value), isBigEndian);
}
