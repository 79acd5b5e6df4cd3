namespace MedSeg.Imaging;

/// <summary>A mask at its own size in little memory: its runs of equal values, row by row.</summary>
internal sealed class PackedMask : IEquatable<PackedMask>
{
    /// <summary>Gets the ROI number of each run.</summary>
    public required byte[] Values { get; init; }

    /// <summary>Gets the place after each run.</summary>
    public required int[] Ends { get; init; }

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

        return new PackedMask { Values = [.. values], Ends = [.. ends] };
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

    /// <inheritdoc/>
    public bool Equals(PackedMask? other) => other is not null && Values.AsSpan().SequenceEqual(other.Values) && Ends.AsSpan().SequenceEqual(other.Ends);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PackedMask);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Ends.Length, Ends[^1]);
}
