using System.Text.Json.Serialization;

namespace MedSeg.Imaging;

/// <summary>A mask at its own size in little memory: its runs of equal values, row by row.</summary>
internal sealed class PackedMask
{
    /// <summary>Initializes a new instance of the <see cref="PackedMask"/> class.</summary>
    /// <param name="values">The ROI number of each run.</param>
    /// <param name="ends">The place after each run.</param>
    [JsonConstructor]
    public PackedMask(byte[] values, int[] ends)
    {
        Values = values;
        Ends = ends;
    }

    /// <summary>Gets the ROI number of each run.</summary>
    public byte[] Values { get; }

    /// <summary>Gets the place after each run.</summary>
    public int[] Ends { get; }

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
        byte[] mask = new byte[Ends[^1]];
        for (int i = 0, start = 0; i < Ends.Length; start = Ends[i++])
        {
            mask.AsSpan(start..Ends[i]).Fill(Values[i]);
        }

        return mask;
    }
}
