using System.Buffers.Binary;
using MedSeg.Files;
using MedSeg.Formats.Png;

namespace MedSeg.Tests.Formats.Png;

/// <summary>Gives damaged PNG files right redundancy checks, so that damage reaches what lies behind them.</summary>
internal static class PngRepair
{
    /// <summary>Repairs the checks in place; other files stay as they are.</summary>
    public static void Apply(byte[] content)
    {
        if (!content.AsSpan().StartsWith(PngChunks.Signature))
        {
            return;
        }

        int position = 8;
        while (position + 12 <= content.Length)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(content.AsSpan(position));
            if (length > content.Length - position - 12)
            {
                return;
            }

            uint check = Crc32.Compute(content.AsSpan(position + 4, (int)length + 4));
            BinaryPrimitives.WriteUInt32BigEndian(content.AsSpan(position + 8 + (int)length), check);
            position += 12 + (int)length;
        }
    }
}
