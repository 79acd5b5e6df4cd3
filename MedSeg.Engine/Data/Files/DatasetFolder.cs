using MedSeg.Data.Samples;
using MedSeg.Files;
using MedSeg.Imaging;

namespace MedSeg.Data.Files;

/// <summary>Where the images and masks of a data set are in its folder, and what the folder says of them.</summary>
/// <param name="ImagePath">The absolute path of the folder of the images.</param>
/// <param name="LabelPath">The absolute path of the folder of the masks.</param>
public sealed record DatasetFolder(string ImagePath, string LabelPath)
{
    private static readonly (string Images, string Labels)[] s_layouts = [("dicoms", "labels"), ("images", "labels"), ("images", "masks")];

    /// <summary>Gets the names of the ROIs 1 to K; empty if the folder does not state them.</summary>
    public IReadOnlyList<string> LabelNames { get; init; } = [];

    /// <summary>Gets the value of mask pixels that are ignored; null if there are none.</summary>
    public int? IgnoreLabel { get; init; }

    /// <summary>Gets the channels of the images; empty if they have one.</summary>
    public IReadOnlyList<ImageChannel> Channels { get; init; } = [];

    /// <summary>Gets a sentence about what is not used of the folder's description; null if there is none.</summary>
    public string? Note { get; init; }

    /// <summary>Gets the absolute paths of the images, if they are known; empty to find them in <see cref="ImagePath"/>.</summary>
    public IReadOnlyList<string> ImagePaths { get; init; } = [];

    /// <summary>Gets the pairs of images and masks, if the names of files do not pair them; empty otherwise.</summary>
    public IReadOnlyList<ImagePair> Pairs { get; init; } = [];

    /// <summary>Gets the folders of the patients, if each has images and masks of their own; empty otherwise.</summary>
    public IReadOnlyList<PatientFolder> PatientFolders { get; init; } = [];

    /// <summary>Finds images and masks.</summary>
    /// <param name="path">
    /// The absolute path of a folder with the subfolders dicoms and labels, images and labels, or images and masks; of a folder with a subfolder
    /// for each patient that has these subfolders; of a data set of nnU-Net or the Medical Segmentation Decathlon, with dataset.json,
    /// imagesTr and labelsTr; or of a data set of BIDS with derivatives.
    /// </param>
    /// <param name="maskSuffix">How the names of the masks end; empty for any.</param>
    /// <returns>The folders; dicoms and labels, if the folder does not exist or has no masks.</returns>
    /// <exception cref="Errors.MedSegException">
    /// The folder has other contents (<c>FolderNotFound</c>); dataset.json cannot be read (<c>DatasetJsonInvalid</c>); images and masks are swapped (<c>FoldersSwapped</c>); subfolders
    /// are for training and for validation or testing (<c>FolderIsSplit</c>); an image of BIDS
    /// has several label maps (<c>LabelVolumeAmbiguous</c>).
    /// </exception>
    public static DatasetFolder Find(string path, string maskSuffix = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(maskSuffix);
        return FindLayout(path)
            ?? NnUNetFolder.Read(path)
            ?? BidsFolder.Read(path, maskSuffix)
            ?? FindPatients(path)
            ?? (Directory.Exists(path) && !Directory.Exists(Path.Combine(path, s_layouts[0].Images))
                ? throw UnknownFolder.Error(path)
                : new DatasetFolder(Path.Combine(path, s_layouts[0].Images), Path.Combine(path, s_layouts[0].Labels)));
    }

    /// <summary>Reads a table of images and masks; see <see cref="PairTable"/>.</summary>
    /// <param name="path">The absolute path of the table.</param>
    /// <param name="channels">As for <see cref="PairTable.Read"/>.</param>
    /// <exception cref="Errors.MedSegException">As <see cref="PairTable.Read"/>.</exception>
    public static DatasetFolder OfTable(string path, IReadOnlyList<ImageChannel>? channels = null)
    {
        IReadOnlyList<ImagePair> pairs = PairTable.Read(path, channels);
        string folder = Path.GetDirectoryName(path)!;
        string FolderOf(Func<ImagePair, string> file) => SharedFolder.OfFiles(pairs.Select(file)) is { Length: > 0 } shared ? shared : folder;
        return new DatasetFolder(FolderOf(pair => pair.ImagePath), FolderOf(pair => pair.LabelPath)) { Pairs = pairs };
    }

    /// <summary>Finds the folders of patients by patterns, such as <c>{patient}/{session}/images</c> and <c>{patient}/{session}/labels</c>.</summary>
    /// <param name="path">The absolute path of the folder that the patterns are relative to.</param>
    /// <param name="images">
    /// The pattern of the folders of images. A name in braces means any text within the name of one folder; <c>{patient}</c> is the patient, who
    /// is believed to be right even if DICOM files state another.
    /// </param>
    /// <param name="labels">The pattern of the folders of masks: that in which the same names mean the same texts belongs to a folder of images.</param>
    /// <exception cref="Errors.MedSegException">
    /// A pattern is invalid, or a folder of images has several folders of masks (<c>FolderPatternInvalid</c>), or no folders match (<c>FolderNotFound</c>).
    /// </exception>
    public static DatasetFolder OfPattern(string path, string images, string labels)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(labels);
        return PatternFolders.Find(path, new FolderPattern(images), new FolderPattern(labels));
    }

    private static DatasetFolder? FindLayout(string path)
    {
        DatasetFolder[] folders = [.. s_layouts.Select(layout => new DatasetFolder(Path.Combine(path, layout.Images), Path.Combine(path, layout.Labels)))];
        return Array.Find(folders, folder => Directory.Exists(folder.ImagePath) && Directory.Exists(folder.LabelPath));
    }

    // Patients may be in folders of their hospitals.
    private static DatasetFolder? FindPatients(string path)
    {
        string[] folders = Directory.Exists(path) ? [.. Directory.GetDirectories(path).Order(StringComparer.Ordinal)] : [];
        PatientFolder[] patients =
        [
            .. folders.SelectMany(folder => FindLayout(folder) is null ? Directory.GetDirectories(folder).Order(StringComparer.Ordinal) : (IEnumerable<string>)[folder])
                .Select(folder => (Path: folder, Layout: FindLayout(folder)))
                .Where(found => found.Layout is not null)
                .Select(found => new PatientFolder(Path.GetRelativePath(path, found.Path).Replace(Path.DirectorySeparatorChar, '/'), found.Layout!.ImagePath, found.Layout.LabelPath)),
        ];
        SplitFolder.ThrowIf(path, patients);
        return patients.Length == 0 ? null : new DatasetFolder(path, path) { PatientFolders = patients };
    }
}
