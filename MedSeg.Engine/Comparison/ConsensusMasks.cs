using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Formats.Png;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Metrics;
using MedSeg.Threading;

namespace MedSeg.Comparison;

/// <summary>Combines the masks of several raters into one for each slice, which can train a model.</summary>
public static class ConsensusMasks
{
    /// <summary>Combines masks and writes the result as indexed PNG files, named as the slices.</summary>
    /// <param name="options">Which masks.</param>
    /// <param name="method">How they are combined.</param>
    /// <param name="outputPath">The absolute path of the folder to write to.</param>
    /// <param name="replace">Whether existing files are replaced.</param>
    /// <param name="events">Receives progress, from several threads; may be null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The masks, the scores of each rater and ROI, and the masks that could not be used.</returns>
    /// <exception cref="MedSegException">As <see cref="MaskComparer.Compare"/>; or a file exists (<c>FileExists</c>) or cannot be written (<c>WriteFailed</c>).</exception>
    public static ConsensusResult Write(MaskComparisonOptions options, ConsensusMethod method, string outputPath, bool replace, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(outputPath);
        var set = RatedSet.Read(options, events, cancellationToken);
        RatedSlice[] slices = [.. set.Slices.Where(slice => slice.Masks.Count(mask => mask is not null) > 1)];
        if (!replace && slices.Select(slice => PathOf(outputPath, slice)).FirstOrDefault(File.Exists) is { } existing)
        {
            throw AtomicFile.AlreadyExists(existing);
        }

        var votes = new Votes(set.Raters.Count);
        for (int i = 0; i < slices.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            votes.Add(Unpack(slices[i]));
            events?.Progress?.Invoke(new WorkProgress(i + 1, slices.Length) { Stage = "Counting votes" });
        }

        Staple? staple = method == ConsensusMethod.Staple ? Staple.Estimate(set.Raters.Count, set.RoiNames.Count, votes, cancellationToken) : null;
        Dictionary<UInt128, Decision> decisions = votes.Pixels.Keys.ToDictionary(key => key, key => Decide(votes.Of(key), staple));
        uint[] palette = RoiPalette.Indexed(set.RoiNames.Count);
        var written = new ConsensusMask[slices.Length];
        for (int i = 0; i < slices.Length; i++)
        {
            written[i] = Write(slices[i], decisions, palette, PathOf(outputPath, slices[i]), replace, cancellationToken);
            events?.Progress?.Invoke(new WorkProgress(i + 1, slices.Length));
        }

        return new ConsensusResult(
            written,
            [.. ScoreRaters(set, votes, decisions, staple)],
            [.. set.Problems.Where(problem => problem.Severity != LabelSeverity.Notice)]);
    }

    private static Decision Decide(byte[] votes, Staple? staple)
    {
        byte[] present = [.. votes.Where(vote => vote != Votes.Absent).Distinct()];
        byte byVotes = MajorityVote.Decide(votes, out bool isTied);
        return new Decision(staple?.Decide(votes) ?? byVotes, present.Length > 1, isTied && staple is null);
    }

    private static ConsensusMask Write(RatedSlice slice, Dictionary<UInt128, Decision> decisions, uint[] palette, string path, bool replace, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Decision[] pixels = Array.ConvertAll(Votes.KeysOf(Unpack(slice)), key => decisions[key]);
        AtomicFile.Write(path, stream => PngEncoder.WriteIndexed8(stream, slice.Rows, slice.Columns, Array.ConvertAll(pixels, pixel => pixel.Label), palette), replace);
        return new ConsensusMask
        {
            Name = slice.Name,
            MaskPath = path,
            Rows = slice.Rows,
            Columns = slice.Columns,
            Raters = slice.Masks.Count(mask => mask is not null),
            DisputedPixels = pixels.LongCount(pixel => pixel.IsDisputed),
            TiedPixels = pixels.LongCount(pixel => pixel.IsTied),
        };
    }

    private static IEnumerable<RaterScore> ScoreRaters(RatedSet set, Votes votes, Dictionary<UInt128, Decision> decisions, Staple? staple)
    {
        for (int rater = 0; rater < set.Raters.Count; rater++)
        {
            for (int roi = 1; roi <= set.RoiNames.Count; roi++)
            {
                (long total, OverlapCounts counts) = Count(votes, decisions, rater, roi);
                long outside = total - counts.Truth;
                yield return new RaterScore
                {
                    Rater = set.Raters[rater],
                    Roi = roi,
                    Name = set.RoiNames[roi - 1],
                    Sensitivity = staple is null ? counts.Recall : staple.SensitivityOf(rater, roi),
                    Specificity = staple is null ? (outside > 0 ? (double)(outside - counts.Found + counts.Both) / outside : null) : staple.SpecificityOf(rater, roi),
                    Dice = counts.Dice,
                };
            }
        }
    }

    private static (long Total, OverlapCounts Counts) Count(Votes votes, Dictionary<UInt128, Decision> decisions, int rater, int roi)
    {
        (long total, long both, long truth, long found) = (0, 0, 0, 0);
        foreach ((UInt128 key, long pixels) in votes.Pixels)
        {
            byte vote = votes.Of(key)[rater];
            if (vote != Votes.Absent)
            {
                total += pixels;
                truth += decisions[key].Label == roi ? pixels : 0;
                found += vote == roi ? pixels : 0;
                both += vote == roi && decisions[key].Label == roi ? pixels : 0;
            }
        }

        return (total, new OverlapCounts(both, truth, found));
    }

    private static byte[]?[] Unpack(RatedSlice slice) => [.. slice.Masks.Select(mask => mask?.Unpack())];

    private static string PathOf(string folder, RatedSlice slice) => Path.GetFullPath(Path.Combine(folder, slice.Name.Replace('/', Path.DirectorySeparatorChar) + ".png"));

    private readonly record struct Decision(byte Label, bool IsDisputed, bool IsTied);
}
