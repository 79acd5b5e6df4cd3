using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Volumes;
using MedSeg.Wording;

namespace MedSeg.Data.Files;

/// <summary>
/// Pairs the images of a BIDS data set with the label maps in its derivatives: <c>sub-01/anat/sub-01_T2w.nii.gz</c> with
/// <c>derivatives/labels/sub-01/anat/sub-01_T2w_dseg.nii.gz</c>. A label map belongs to the image of its subject and session that has all the
/// other parts of its name.
/// </summary>
internal static class BidsFolder
{
    private const string Derivatives = "derivatives";
    private const int NamesShown = 3;

    private static readonly string[] s_labels = ["dseg", "seg", "label", "mask"];
    private static readonly string[] s_ofLabels = ["seg-", "label-", "desc-", "space-", "res-", "den-"];

    /// <summary>Reads a data set.</summary>
    /// <param name="folder">The absolute path.</param>
    /// <param name="maskSuffix">How the names of the label maps end, if an image has several; empty for any.</param>
    /// <returns>The pairs; <see langword="null"/> if the folder is not a data set of BIDS with derivatives.</returns>
    /// <exception cref="MedSegException"><c>LabelVolumeAmbiguous</c>: an image has several label maps; <c>FolderEmpty</c>: no label map belongs to an image.</exception>
    public static DatasetFolder? Read(string folder, string maskSuffix)
    {
        string derivatives = Path.Combine(folder, Derivatives);
        string[] subjects = Directory.Exists(derivatives) ? Directory.GetDirectories(folder, "sub-*") : [];
        if (subjects.Length == 0)
        {
            return null;
        }

        ILookup<string, BidsName> images = subjects.SelectMany(subject => Volumes(subject)).Select(path => new BidsName(path)).Where(image => !image.Parts.Any(IsLabel)).ToLookup(image => image.Subject);
        var masks = new Dictionary<BidsName, List<BidsName>>();
        var unmatched = new List<string>();
        foreach (BidsName mask in Volumes(derivatives).Select(path => new BidsName(path)).Where(mask => mask.Parts.Any(IsLabel) && mask.EndsWith(maskSuffix)))
        {
            if (ImageOf(mask, [.. images[mask.Subject]]) is { } image)
            {
                (masks.TryGetValue(image, out List<BidsName>? own) ? own : masks[image] = []).Add(mask);
            }
            else
            {
                unmatched.Add(Path.GetFileName(mask.Path));
            }
        }

        RequireOne(masks, maskSuffix);
        return masks.Count == 0 ? throw Empty(folder, unmatched) : new DatasetFolder(folder, derivatives)
        {
            Pairs = [.. masks.Select(pair => new ImagePair(DataFiles.NameIn(folder, pair.Key.Path), pair.Key.Path, pair.Value[0].Path)).OrderBy(pair => pair.Name, StringComparer.Ordinal)],
            Note = NoteOf(folder, images.Sum(subject => subject.Count()) - masks.Count, unmatched),
        };
    }

    private static bool IsLabel(string part) => s_labels.Contains(part, StringComparer.OrdinalIgnoreCase) || part.StartsWith("seg-", StringComparison.OrdinalIgnoreCase) || part.StartsWith("label-", StringComparison.OrdinalIgnoreCase);

    private static bool IsOfLabel(string part) => IsLabel(part) || s_ofLabels.Any(start => part.StartsWith(start, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> Volumes(string folder) =>
        FolderFiles.Enumerate(folder, recurse: true).Where(path => VolumeFile.Is(path) && !SystemFile.Is(folder, path)).Order(StringComparer.Ordinal);

    private static BidsName? ImageOf(BidsName mask, BidsName[] images)
    {
        string[] parts = [.. mask.Parts.Where(part => !IsOfLabel(part))];
        BidsName[] candidates = [.. images.Where(image => parts.All(part => image.Parts.Contains(part, StringComparer.Ordinal)))];
        return candidates.Length == 1 ? candidates[0] : Array.Find(candidates, image => image.Parts.Count == parts.Length);
    }

    private static void RequireOne(Dictionary<BidsName, List<BidsName>> masks, string maskSuffix)
    {
        if (masks.FirstOrDefault(pair => pair.Value.Count > 1) is { Value: { } several, Key: { } image })
        {
            string ending = several[0].Stem.StartsWith(image.Stem, StringComparison.Ordinal) ? several[0].Stem[image.Stem.Length..] : "_dseg";
            string wanted = maskSuffix.Length == 0 ? "" : $" that end with '{maskSuffix}'";
            throw new MedSegException(
                ErrorKind.InvalidData, ErrorIds.LabelVolumeAmbiguous, $"{image.Path}: The image has {several.Count} label maps{wanted}: {string.Join(", ", several.Take(NamesShown).Select(mask => Path.GetFileName(mask.Path)))}.", image.Path)
            {
                Advice = $"Choose one by the end of its name, for example -MaskSuffix '{ending}', or list the pairs in a table for -PairsPath.",
            };
        }
    }

    private static MedSegException Empty(string folder, List<string> unmatched) => new(
        ErrorKind.NotFound, ErrorIds.FolderEmpty, $"{folder}: The derivatives of this BIDS data set have no label map of one of its images{(unmatched.Count == 0 ? "" : $"; there is for example {unmatched[0]}")}.", folder)
    {
        Advice = "Name label maps like their image, with _dseg or _label-<name>_dseg in addition, or list the pairs in a table for -PairsPath.",
    };

    private static string? NoteOf(string folder, int unlabelled, List<string> unmatched)
    {
        string[] notes =
        [
            .. unlabelled > 0 ? [unlabelled == 1 ? "1 image has no label map" : $"{unlabelled} images have no label map"] : Array.Empty<string>(),
            .. unmatched.Count > 0 ? [$"the label maps {Sentence.List(unmatched, NamesShown)} belong to no image, or to several"] : Array.Empty<string>(),
        ];
        return notes.Length == 0 ? null : $"{folder}: {string.Join("; ", notes)}; not imported.";
    }
}
