using MedSeg.Dicom;
using MedSeg.Threading;
using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>
/// Sorts the files of a folder: which are its images depends on what else is there. A volume among DICOM files is a copy of them, or a mask;
/// a picture among either is a screenshot.
/// </summary>
/// <param name="folder">The folder.</param>
/// <param name="known">The paths of files that are known to be images, so they need not be opened.</param>
/// <param name="maskSuffix">What the names of masks have in addition to those of their images; empty for nothing.</param>
internal sealed class ImageKinds(string folder, IReadOnlySet<string> known, string maskSuffix)
{
    private readonly List<string> _dicom = [];
    private readonly List<string> _doubtful = [];
    private readonly List<string> _unnamed = [];
    private readonly List<string> _volumes = [];
    private readonly List<string> _pictures = [];
    private readonly List<string> _others = [];

    private bool HasVolumesOnly => _dicom.Count == 0 && _volumes.Count > 0;

    private bool HasPicturesOnly => _dicom.Count == 0 && _doubtful.Count == 0 && _volumes.Count == 0 && _pictures.Count > 0;

    /// <summary>Gets the images.</summary>
    public IEnumerable<string> Images => HasVolumesOnly ? _volumes : HasPicturesOnly ? _pictures : _dicom.Concat(_doubtful).Concat(_unnamed);

    /// <summary>Gets the files that are no images here.</summary>
    public IEnumerable<string> PassedOver => _others.Concat(HasVolumesOnly ? _doubtful.Concat(_unnamed).Concat(_pictures) : HasPicturesOnly ? _unnamed : _volumes.Concat(_pictures));

    /// <summary>Gets a sentence about volumes that are not used because the folder has DICOM files; null if there are none.</summary>
    public string? SkippedVolumes => HasVolumesOnly || _volumes.Count == 0
        ? null
        : $"{folder}: {(_volumes.Count == 1 ? "1 volume is" : $"{_volumes.Count} volumes are")} skipped, because the folder has DICOM files, which are its images: {Path.GetFileName(_volumes[0])}{(_volumes.Count == 1 ? "" : " and others")}.";

    /// <summary>Adds files, several of which are opened at once.</summary>
    /// <param name="paths">The absolute paths.</param>
    /// <param name="events">Receives progress, from several threads; may be null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public void Add(IReadOnlyList<string> paths, EngineEvents? events, CancellationToken cancellationToken)
    {
        var kinds = new List<string>[paths.Count];
        ParallelLoop.For(kinds.Length, i => kinds[i] = KindOf(paths[i]), "Finding images", events, cancellationToken);
        for (int i = 0; i < kinds.Length; i++)
        {
            kinds[i].Add(paths[i]);
        }
    }

    private List<string> KindOf(string path)
    {
        if (SystemFile.Is(folder, path))
        {
            return _others;
        }

        bool isKnown = known.Contains(path);
        bool isDicom = !isKnown && DicomImageReader.IsDicom(path);
        if (isDicom && DicomLabels.ClassOfDicom(path) is not null)
        {
            // A segmentation that was exported into the folder of the images is a mask.
            return _others;
        }

        if (ImageSource.IsVolume(path))
        {
            return VolumeFile.IsSegmentation(path) || IsMask(path) ? _others : _volumes;
        }

        if (isKnown || isDicom)
        {
            return _dicom;
        }

        if (PictureFile.ExtensionOf(path) is not null)
        {
            return IsMask(path) ? _others : _pictures;
        }

        // A damaged DICOM file has to be reported.
        return Path.GetFileName(path)[0] == '.' || VolumeFile.IsPartner(path) ? _others
            : DataFiles.DicomExtensionOf(path) is not null ? _doubtful
            : Path.GetExtension(path).Length == 0 ? _unnamed
            : _others;
    }

    private bool IsMask(string path) =>
        maskSuffix.Length > 0 && PairName.WithoutSuffix(Path.GetFileName(path)[..^(VolumeFile.ExtensionOf(path) ?? PictureFile.ExtensionOf(path)!).Length], maskSuffix) is not null;
}
