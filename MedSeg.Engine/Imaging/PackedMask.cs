namespace MedSeg.Imaging;

/// <summary>A mask at its own size in little memory: its runs of equal values, row by row.</summary>
internal sealed class PackedMask
{
    private readonly byte[] _values;
    private readonly int[] _ends;

    private PackedMask(byte[] values, int[] ends)
    {
        _values = values;
        _ends = ends;
    }

    /// <summary>Packs a mask.</summary>
    /// <param name="mask">The ROI numbers; at least one.</param>
    public static PackedMask Of(ReadOnlySpan<byte> mask)
    {
        var values = new List<byte>();
        var ends = new List<int>();
        for (int start = 0; start < mask.Length;)
        {
            int length = mask[start..].IndexOfAnyExcept(mask[start]);
            values.Add(mask[start]);
            start = length < 0 ? mask.Length : start + length;
            ends.Add(start);
        }

        return new PackedMask([.. values], [.. ends]);
    }

    /// <summary>Gives the mask.</summary>
    public byte[] Unpack()
    {
        byte[] mask = new byte[_ends[^1]];
        for (int i = 0, start = 0; i < _ends.Length; start = _ends[i++])
        {
            mask.AsSpan(start.._ends[i]).Fill(_values[i]);
        }

        return mask;
    }
}
