using MedSeg.Errors;

namespace MedSeg.Comparison;

/// <summary>
/// The votes of all raters on all pixels. Pixels with the same votes have the same consensus, and there are few kinds of them, so each kind is
/// computed once.
/// </summary>
internal sealed class Votes
{
    /// <summary>The largest number of raters: a vote is a byte of a key.</summary>
    public const int MostRaters = 16;

    /// <summary>The vote of a rater without a mask for the slice.</summary>
    public const byte Absent = byte.MaxValue;

    private readonly Dictionary<UInt128, long> _pixels = [];
    private readonly int _raters;

    /// <summary>Initializes a new instance of the <see cref="Votes"/> class.</summary>
    /// <param name="raters">The number of raters.</param>
    /// <exception cref="MedSegException"><c>RaterInvalid</c>: there are more than 16.</exception>
    public Votes(int raters)
    {
        _raters = raters <= MostRaters
            ? raters
            : throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.RaterInvalid, $"There are {raters} raters, but a consensus has at most {MostRaters}.") { Advice = "Give fewer folders." };
    }

    /// <summary>Gets the number of pixels of each kind.</summary>
    public IReadOnlyDictionary<UInt128, long> Pixels => _pixels;

    /// <summary>Counts the pixels of a slice.</summary>
    /// <param name="masks">The mask of each rater; null for a rater without one.</param>
    public void Add(byte[]?[] masks)
    {
        foreach (IGrouping<UInt128, UInt128> kind in KeysOf(masks).GroupBy(key => key))
        {
            _pixels[kind.Key] = _pixels.GetValueOrDefault(kind.Key) + kind.LongCount();
        }
    }

    /// <summary>Returns the key of each pixel.</summary>
    /// <param name="masks">The mask of each rater; null for a rater without one.</param>
    public static UInt128[] KeysOf(byte[]?[] masks)
    {
        var keys = new UInt128[masks.First(mask => mask is not null)!.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            UInt128 key = 0;
            for (int rater = masks.Length - 1; rater >= 0; rater--)
            {
                key = (key << 8) | (masks[rater]?[i] ?? Absent);
            }

            keys[i] = key;
        }

        return keys;
    }

    /// <summary>Returns the vote of each rater.</summary>
    /// <param name="key">A key.</param>
    public byte[] Of(UInt128 key)
    {
        byte[] votes = new byte[_raters];
        for (int rater = 0; rater < votes.Length; rater++)
        {
            votes[rater] = (byte)(key & byte.MaxValue);
            key >>= 8;
        }

        return votes;
    }
}
