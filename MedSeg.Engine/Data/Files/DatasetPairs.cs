using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Labels;
using MedSeg.Threading;

namespace MedSeg.Data.Files;

/// <summary>Finds the pairs of images and masks that an import reads: those that are listed, or those in the folders.</summary>
/// <param name="Pairs">The pairs.</param>
/// <param name="PassedOver">The files that were skipped.</param>
/// <param name="Notes">Sentences about what is not used.</param>
internal sealed record DatasetPairs(IReadOnlyList<SamplePair> Pairs, IReadOnlyList<string> PassedOver, IReadOnlyList<string> Notes)
{
    /// <summary>Finds pairs.</summary>
    /// <param name="options">The options of the import.</param>
    /// <param name="findKnown">Finds the paths of files that are known to be images.</param>
    /// <param name="events">Receives progress, from several threads; may be null.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="MedSegException"><c>FolderNotFound</c>, <c>FolderEmpty</c> or <c>NameTwice</c>.</exception>
    public static DatasetPairs Find(DatasetOptions options, Func<IReadOnlySet<string>> findKnown, EngineEvents? events, CancellationToken cancellationToken)
    {
        if (options.Pairs.Count > 0)
        {
            var listed = new SamplePair[options.Pairs.Count];
            var files = new ListedPairs(options, cancellationToken);
            ParallelLoop.For(listed.Length, i => listed[i] = files.Find(options.Pairs[i]), "Finding the files of pairs", events, cancellationToken);
            return new DatasetPairs(listed, [], []);
        }

        IReadOnlySet<string> known = findKnown();
        if (options.PatientFolders.Count > 0)
        {
            DatasetPairs[] patients = [.. options.PatientFolders.Select(folder => Find(folder, options, known, events, cancellationToken))];
            return new DatasetPairs([.. patients.SelectMany(p => p.Pairs)], [.. patients.SelectMany(p => p.PassedOver)], [.. patients.SelectMany(p => p.Notes)]);
        }

        DataFiles images = options.ImagePaths.Count > 0
            ? DataFiles.OfImages(options.DicomPath, options.ImagePaths, options.Channels, events, cancellationToken)
            : DataFiles.FindImages(options.DicomPath, options.Recurse, known, options.MaskSuffix, options.Channels, events, cancellationToken);
        return Match(images, DataFiles.FindMasks(options.LabelPath, options.Recurse, options.MaskSuffix, events, cancellationToken), options, options.DicomPath, events, cancellationToken);
    }

    private static DatasetPairs Match(DataFiles images, DataFiles masks, DatasetOptions options, string folder, EngineEvents? events, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, UsedFrames> frames = FrameTable.Read(folder);
        return new(
            [.. SamplePair.Match(images, masks, options.Reading, events, cancellationToken).Select(pair => pair.Using(frames))],
            [.. images.PassedOver.Concat(masks.PassedOver).Where(path => Path.GetFileName(path) != FrameTable.FileName)],
            images.SkippedVolumes is { } note ? [note] : []);
    }

    // A patient without masks does not keep the others from being imported.
    private static DatasetPairs Find(PatientFolder folder, DatasetOptions options, IReadOnlySet<string> known, EngineEvents? events, CancellationToken cancellationToken)
    {
        try
        {
            DataFiles images = DataFiles.FindImages(folder.ImagePath, options.Recurse, known, options.MaskSuffix, options.Channels, events, cancellationToken);
            DatasetPairs found = Match(images, DataFiles.FindMasks(folder.LabelPath, options.Recurse, options.MaskSuffix, events, cancellationToken), options, folder.ImagePath, events, cancellationToken);
            return found with { Pairs = [.. found.Pairs.Select(pair => InFolder(pair, folder))] };
        }
        catch (MedSegException e) when (e.ErrorId == ErrorIds.FolderEmpty)
        {
            return new DatasetPairs([new SamplePair(folder.Name, null, null) { Problem = LabelProblem.Of(e) }], [], []);
        }
    }

    // DICOM files state the patient themselves, unless the user knows better.
    private static SamplePair InFolder(SamplePair pair, PatientFolder folder)
    {
        string? image = pair.ImagePath ?? pair.Slices.Select(slice => slice.Path).FirstOrDefault();
        return pair with
        {
            Name = $"{folder.Name}/{pair.Name}",
            Slices = [.. pair.Slices.Select(slice => slice with { Name = $"{folder.Name}/{slice.Name}" })],
            Patient = folder.IsStated || (image is not null && (ImageSource.IsVolume(image) || PictureFile.Is(image))) ? folder.Patient : null,
        };
    }
}
