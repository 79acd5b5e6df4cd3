namespace MedSeg.Data.Files;

/// <summary>
/// Pairs masks with images of the same name. Names that differ only by Unicode form or by case are the same if nothing else has them. For
/// images and masks without a partner, it finds one of a similar name to suggest.
/// </summary>
internal sealed class NamePairing
{
    private readonly SortedDictionary<string, string> _masks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _hints = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _suffixHints = new(StringComparer.Ordinal);

    /// <summary>Initializes a new instance of the <see cref="NamePairing"/> class.</summary>
    /// <param name="images">The path of each image, by name.</param>
    /// <param name="masks">The path of each mask, by name.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public NamePairing(IReadOnlyDictionary<string, string> images, IReadOnlyDictionary<string, string> masks, CancellationToken cancellationToken = default)
    {
        var leftImages = new HashSet<string>(images.Keys.Where(name => !masks.ContainsKey(name)), StringComparer.Ordinal);
        var leftMasks = new HashSet<string>(masks.Keys.Where(name => !images.ContainsKey(name)), StringComparer.Ordinal);
        foreach (string name in masks.Keys.Where(images.ContainsKey))
        {
            cancellationToken.ThrowIfCancellationRequested();
            _masks.Add(name, masks[name]);
        }

        foreach (Func<string, string> same in (Func<string, string>[])[PairName.Compose, PairName.Fold])
        {
            ILookup<string, string> ofMasks = leftMasks.ToLookup(same, StringComparer.Ordinal);
            foreach (IGrouping<string, string> group in leftImages.ToLookup(same, StringComparer.Ordinal))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (group.Count() == 1 && ofMasks[group.Key].Count() == 1)
                {
                    string mask = ofMasks[group.Key].Single();
                    _masks.Add(group.Single(), masks[mask]);
                    leftImages.Remove(group.Single());
                    leftMasks.Remove(mask);
                }
            }
        }

        foreach (string mask in leftMasks)
        {
            _masks.TryAdd(mask, masks[mask]);
        }

        Suggest(images, leftImages, masks, leftMasks, cancellationToken);
    }

    /// <summary>Gets the path of each mask, by the name of its image or, where it has none, by its own.</summary>
    public IReadOnlyDictionary<string, string> Masks => _masks;

    /// <summary>Returns what to do about an image or a mask without a partner.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>Advice that names a file of a similar name; <see langword="null"/> if there is none.</returns>
    public string? HintFor(string? path) => SuffixHintFor(path) ?? (path is null ? null : _hints.GetValueOrDefault(path));

    /// <summary>Returns advice for a name that is that of an image with an addition.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>Advice that names <c>-MaskSuffix</c>; <see langword="null"/> if the name has no such addition.</returns>
    public string? SuffixHintFor(string? path) => path is null ? null : _suffixHints.GetValueOrDefault(path);

    private void Suggest(IReadOnlyDictionary<string, string> images, HashSet<string> leftImages, IReadOnlyDictionary<string, string> masks, HashSet<string> leftMasks, CancellationToken cancellationToken)
    {
        ILookup<string, string> imagesByFold = leftImages.ToLookup(PairName.Fold, StringComparer.Ordinal);
        ILookup<string, string> masksByFold = leftMasks.ToLookup(PairName.Fold, StringComparer.Ordinal);
        foreach (string mask in leftMasks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach ((string start, string addition) in PairName.Starts(mask).Reverse())
            {
                foreach (string image in imagesByFold[PairName.Fold(start)])
                {
                    string advice = $"has the name of the image with '{addition}' added: to pair such names, use -MaskSuffix '{addition.Replace("'", "''", StringComparison.Ordinal)}'.";
                    _suffixHints[images[image]] = $"The mask {Path.GetFileName(masks[mask])} {advice}";
                    _suffixHints[masks[mask]] = $"The mask {advice}";
                }
            }

            foreach (string image in imagesByFold[PairName.Fold(mask)])
            {
                Hint(images[image], masks[mask], "differs only by upper and lower case, as do other names");
            }
        }

        foreach (string image in leftImages)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (string mask in PairName.Starts(image).SelectMany(name => masksByFold[PairName.Fold(name.Start)]))
            {
                Hint(images[image], masks[mask], "has a shorter name");
            }
        }
    }

    private void Hint(string image, string mask, string difference)
    {
        _hints.TryAdd(image, $"The mask {Path.GetFileName(mask)} {difference}: rename one of them, so that they have the same name.");
        _hints.TryAdd(mask, $"The image {Path.GetFileName(image)} has a similar name: rename one of them, so that they have the same name.");
    }
}
