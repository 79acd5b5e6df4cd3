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

    /// <summary>Finds images and masks.</summary>
    /// <param name="path">
    /// The absolute path of a folder with the subfolders dicoms and labels, images and labels, or images and masks; or of a data set of nnU-Net
    /// or the Medical Segmentation Decathlon, with dataset.json, imagesTr and labelsTr.
    /// </param>
    /// <returns>The folders; dicoms and labels, if there is nothing else.</returns>
    /// <exception cref="Errors.MedSegException">dataset.json cannot be read (<c>DatasetJsonInvalid</c>), or its images have several channels in one file (<c>ChannelsUnsupported</c>).</exception>
    public static DatasetFolder Find(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        DatasetFolder[] folders = [.. s_layouts.Select(layout => new DatasetFolder(Path.Combine(path, layout.Images), Path.Combine(path, layout.Labels)))];
        return Array.Find(folders, folder => Directory.Exists(folder.ImagePath) && Directory.Exists(folder.LabelPath))
            ?? NnUNetFolder.Read(path)
            ?? folders[0];
    }
}
