namespace MedSeg.Tests.Dicom.Codecs.Jpeg2000;

/// <summary>Damages a codestream at random: bits and bytes change, parts go missing, are doubled or come in.</summary>
internal static class StreamMutator
{
    // Headers are where the trouble is.
    private const int HeaderReach = 180;

    /// <summary>Makes one damaged copy.</summary>
    public static byte[] Mutate(byte[] original, Random random)
    {
        byte[] stream = [.. original];
        for (int change = random.Next(1, 6); change > 0 && stream.Length > 8; change--)
        {
            int reach = random.Next(2) == 0 ? stream.Length : Math.Min(stream.Length, HeaderReach);
            int at = random.Next(reach);
            int length = random.Next(1, 1 + Math.Min(8, stream.Length - at));
            byte[] extremes = [0, 0xFF, 0x7F, 0x80, 1, (byte)random.Next(256)];
            byte extreme = extremes[random.Next(extremes.Length)];
            switch (random.Next(8))
            {
                case 0:
                case 1:
                    stream[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                case 3:
                    stream[at] = extreme;
                    break;
                case 4:
                    stream.AsSpan(at, Math.Min(4, length)).Fill(extreme);
                    break;
                case 5:
                    stream = [.. stream.AsSpan(0, at), .. stream.AsSpan(at + length)];
                    break;
                case 6:
                    stream = [.. stream.AsSpan(0, at + length), .. stream.AsSpan(at)];
                    break;
                default:
                    stream = random.Next(4) == 0 ? stream[..at] : [.. stream.AsSpan(0, at), extreme, .. stream.AsSpan(at)];
                    break;
            }
        }

        return stream;
    }
}
