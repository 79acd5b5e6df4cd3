using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Imaging;
using MedSeg.Threading;
using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>The images or masks in a folder, by the names that pair them.</summary>
internal sealed class DataFiles
{
    // A name may contain dots, as UIDs do: only these extensions are not part of the name.
    private static readonly string[] s_dicomExtensions = [".dcm", ".dicom", ".dic", ".ima", ".img"];

    private readonly SortedDictionary<string, string> _paths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _composed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string?>> _channels = new(StringComparer.Ordinal);
    private readonly List<string> _passedOver = [];

    private DataFiles()
    {
    }

    /// <summary>Gets the absolute path of each file, by name: the relative path with slashes and without extension.</summary>
    public IReadOnlyDictionary<string, string> Paths => _paths;

    /// <summary>Gets the absolute paths of the files that were skipped although they are among images or have the extension of a mask.</summary>
    public IReadOnlyList<string> PassedOver => _passedOver;

    /// <summary>
    /// Finds DICOM files by their content, with any extension; files with a DICOM extension, or none, are included in any case. In a folder
    /// without DICOM files, the images are its volumes; if it has neither, its pictures.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="recurse">Whether to search subfolders.</param>
    /// <param name="known">The paths of files that are known to be images, so they need not be opened.</param>
    /// <param name="maskSuffix">What the names of masks have in addition to those of their images: volumes with it are masks.</param>
    /// <param name="channels">The channels; null or empty if images have one channel.</param>
    /// <param name="events">Receives progress, from several threads; may be null.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="MedSegException"><c>FolderNotFound</c>, <c>FolderEmpty</c>, <c>NameTwice</c>, <c>ChannelInvalid</c> or <c>ChannelAmbiguous</c>.</exception>
    public static DataFiles FindImages(
        string folder, bool recurse, IReadOnlySet<string> known, string maskSuffix = "", IReadOnlyList<ImageChannel>? channels = null, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        var kinds = new ImageKinds(folder, known, maskSuffix);
        kinds.Add(List(folder, "images", recurse, events, cancellationToken), events, cancellationToken);
        var files = new DataFiles { SkippedVolumes = kinds.SkippedVolumes };
        files._passedOver.AddRange(kinds.PassedOver);
        if (channels is { Count: > 0 })
        {
            files.AddGroups(kinds.Images.Select(path => (NameOf(folder, path, ImageExtensionOf(path)), path)), channels, events, cancellationToken);
            return files._paths.Count > 0 ? files : throw ChannelGrouping.NoImage(folder, channels);
        }

        bool hasChannels = NnUNetFolder.HasChannelNames(folder);
        foreach (string path in kinds.Images)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string name = NameOf(folder, path, ImageExtensionOf(path));
            files.Add(path, hasChannels ? NnUNetFolder.CaseOf(name, path) : name);
        }

        return files._paths.Count > 0 ? files : throw EmptyFolder.Error(folder, recurse, isOfMasks: false, suffix: "");
    }

    /// <summary>Groups files that are named one by one. The other channels of a file are also looked for in its folder.</summary>
    /// <param name="paths">The absolute paths.</param>
    /// <param name="channels">The channels, at least one.</param>
    /// <param name="events">Receives progress; may be null.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="MedSegException"><c>NameTwice</c>, <c>ChannelInvalid</c>, <c>ChannelAmbiguous</c>, or <c>ChannelMissing</c>: a file is of no channel.</exception>
    public static DataFiles OfFiles(IReadOnlyCollection<string> paths, IReadOnlyList<ImageChannel> channels, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        var files = new DataFiles();
        foreach (IGrouping<string, string> folder in paths.GroupBy(path => Path.GetDirectoryName(path)!, StringComparer.Ordinal))
        {
            HashSet<string> named = [.. folder];
            IEnumerable<string> all = FolderFiles.Enumerate(folder.Key, recurse: false, isToRead: true, cancellationToken: cancellationToken).Where(path => !SystemFile.Is(folder.Key, path) && ImageSource.MayHoldImage(path));
            files.AddGroups(named.Union(all).Select(path => (NameOf(folder.Key, path, ImageExtensionOf(path)), path)), channels, events, cancellationToken, group => group.Paths.Any(path => path is not null && named.Contains(path)));
            if (folder.FirstOrDefault(files._passedOver.Contains) is { } other)
            {
                throw ChannelGrouping.NoChannel(other, channels);
            }
        }

        return files;
    }

    /// <summary>Returns the files of the channels of an image.</summary>
    /// <param name="path">The absolute path of the image.</param>
    /// <returns>The path for each channel, or null where there is none; empty if images have one channel.</returns>
    public IReadOnlyList<string?> ChannelsOf(string? path) => path is not null && _channels.TryGetValue(path, out IReadOnlyList<string?>? channels) ? channels : [];

    /// <summary>Gets a sentence about volumes that are not used because the folder has DICOM files; null if there are none.</summary>
    public string? SkippedVolumes { get; private set; }

    /// <summary>Finds label masks by their extensions, and DICOM segmentations and structure sets by their content.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="recurse">Whether to search subfolders.</param>
    /// <param name="suffix">What the names of masks have in addition to those of their images, for example <c>_mask</c>; files without it are skipped.</param>
    /// <param name="events">Receives progress, from several threads; may be null.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="MedSegException"><c>FolderNotFound</c>, <c>FolderEmpty</c> or <c>NameTwice</c>.</exception>
    public static DataFiles FindMasks(string folder, bool recurse, string suffix = "", EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        var files = new DataFiles();
        string[] paths = List(folder, "label masks", recurse, events, cancellationToken);
        var kinds = new MaskKind[paths.Length];
        ParallelLoop.For(paths.Length, i => kinds[i] = MaskKindOf(folder, paths[i]), "Finding label masks", events, cancellationToken);
        foreach ((string path, MaskKind kind) in paths.Zip(kinds))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (kind.Outlines == OutlineKind.Coco)
            {
                foreach (string image in new OutlineFile(recurse).ImagesOf(path))
                {
                    files.Add(path, image);
                }
            }
            else if (kind.IsMask)
            {
                files.AddMask(path, NameOf(folder, path, kind.Extension), suffix);
            }
            else if (kind.IsPassedOver)
            {
                files._passedOver.Add(path);
            }
        }

        return files._paths.Count > 0 ? files : throw EmptyFolder.Error(folder, recurse, isOfMasks: true, suffix);
    }

    /// <summary>Returns the name of an image: its file name without the extension of an image.</summary>
    /// <param name="path">The path of the image.</param>
    public static string NameOfImage(string path)
    {
        string name = Path.GetFileName(path)[..^(ImageExtensionOf(path)?.Length ?? 0)];
        return Path.GetDirectoryName(path) is { } folder && NnUNetFolder.HasChannelNames(folder) ? NnUNetFolder.CaseOf(name, path) : name;
    }

    /// <summary>Returns the name of an image in a folder: its relative path with slashes and without the extension of an image.</summary>
    /// <param name="folder">The absolute path of the folder.</param>
    /// <param name="path">The absolute path of the image.</param>
    internal static string NameIn(string folder, string path) => NameOf(folder, path, ImageExtensionOf(path));

    /// <summary>Finds the images among given files: each is one.</summary>
    /// <param name="folder">The folder that names are relative to.</param>
    /// <param name="paths">The absolute paths of the images.</param>
    /// <param name="channels">The channels; empty if images have one channel.</param>
    /// <param name="events">Receives progress; may be null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="MedSegException"><c>NameTwice</c>, <c>ChannelInvalid</c> or <c>ChannelAmbiguous</c>.</exception>
    public static DataFiles OfImages(string folder, IReadOnlyCollection<string> paths, IReadOnlyList<ImageChannel> channels, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        var files = new DataFiles();
        if (channels.Count > 0)
        {
            files.AddGroups(paths.Select(path => (NameIn(folder, path), path)), channels, events, cancellationToken);
            return files;
        }

        foreach (string path in paths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            files.Add(path, NameIn(folder, path));
        }

        return files;
    }

    /// <summary>Finds the images of channels that have a folder each, and groups them by name or place.</summary>
    /// <param name="folders">The absolute path of the folder of each channel, which is searched with its subfolders.</param>
    /// <param name="channels">The channels.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="MedSegException"><c>FolderEmpty</c>, <c>NameTwice</c>, <c>ChannelInvalid</c> or <c>ChannelAmbiguous</c>.</exception>
    public static DataFiles OfFolders(IReadOnlyList<string> folders, IReadOnlyList<ImageChannel> channels, CancellationToken cancellationToken)
    {
        var files = new DataFiles();
        files.AddGroups(new ChannelGrouping(channels).GroupChannels(folders.Select(folder => FindImages(folder, recurse: true, new HashSet<string>(), cancellationToken: cancellationToken).Paths.Select(image => (image.Key, image.Value))), cancellationToken));
        return files;
    }

    /// <summary>Returns the extension of a file if it is one of DICOM, or null.</summary>
    /// <param name="path">The path of the file.</param>
    internal static string? DicomExtensionOf(string path) => ExtensionOf(path, s_dicomExtensions);

    /// <summary>Returns the extension of a file if it is one of masks, or null.</summary>
    /// <param name="path">The path of the file.</param>
    internal static string? MaskExtensionOf(string path) => ExtensionOf(path, LabelReader.Extensions) ?? (VolumeFile.Is(path) ? VolumeFile.ExtensionOf(path) : null);

    /// <summary>Returns the extension of a file if it is one of images, or null. It is part of the name of a DICOM file that has the extension of a picture.</summary>
    /// <param name="path">The absolute path of the file.</param>
    internal static string? ImageExtensionOf(string path) =>
        DicomExtensionOf(path) ?? VolumeFile.ExtensionOf(path) ?? (PictureFile.Is(path) ? PictureFile.ExtensionOf(path) : null);

    private static string[] List(string folder, string what, bool recurse, EngineEvents? events, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
        {
            string missing = Path.GetDirectoryName(folder) is { } parent && !Directory.Exists(parent) ? $"{parent}: The folder was not found." : $"{folder}: The folder of the {what} was not found.";
            throw new MedSegException(ErrorKind.NotFound, ErrorIds.FolderNotFound, missing, folder)
            {
                Advice = MissingPath.Advise(folder, "A data set is a folder with the subfolders dicoms and labels, or images and labels, or nnU-Net's dataset.json, imagesTr and labelsTr. For other folders, use -DicomPath and -LabelPath."),
            };
        }

        var paths = new List<string>();
        foreach (string path in FolderFiles.Enumerate(folder, recurse, isToRead: true, cancellationToken: cancellationToken))
        {
            paths.Add(path);
            events?.Progress?.Invoke(new WorkProgress(paths.Count, 0) { Stage = $"Finding {what}" });
        }

        return [.. paths];
    }

    private static string? ExtensionOf(string path, IReadOnlyList<string> extensions) =>
        extensions.FirstOrDefault(extension => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase) && Path.GetFileName(path).Length > extension.Length);

    private static string NameOf(string folder, string path, string? extension) =>
        Path.GetRelativePath(folder, path)[..^(extension?.Length ?? 0)].Replace(Path.DirectorySeparatorChar, '/');

    private static MaskKind MaskKindOf(string folder, string path)
    {
        if (SystemFile.Is(folder, path) || VolumeFile.IsPartner(path))
        {
            return new MaskKind(IsMask: false, IsPassedOver: true);
        }

        OutlineKind? outlines = OutlineFile.KindOf(path);
        string? extension = MaskExtensionOf(path) ?? (outlines is null ? null : Path.GetExtension(path));
        return new MaskKind(extension is not null || DicomLabels.ClassOf(path) is not null) { Outlines = outlines, Extension = extension ?? ExtensionOf(path, s_dicomExtensions) };
    }

    private void AddMask(string path, string name, string suffix)
    {
        if (suffix.Length == 0)
        {
            Add(path, name);
        }
        else if (PairName.WithoutSuffix(name, suffix) is { } start)
        {
            Add(path, start);
        }
        else
        {
            _passedOver.Add(path);
        }
    }

    private void AddGroups(
        IEnumerable<(string Name, string Path)> images, IReadOnlyList<ImageChannel> channels, EngineEvents? events, CancellationToken cancellationToken, Func<ChannelGroup, bool>? isWanted = null)
    {
        var grouping = new ChannelGrouping(channels);
        AddGroups(grouping.Group(images, events, cancellationToken).Where(group => isWanted?.Invoke(group) != false));
        _passedOver.AddRange(grouping.Others);
    }

    private void AddGroups(IEnumerable<ChannelGroup> groups)
    {
        foreach (ChannelGroup group in groups)
        {
            Add(group.Path, group.Name);
            _channels.Add(group.Path, group.Paths);
        }
    }

    // Two names that look the same are the same, even if they are composed differently.
    private void Add(string path, string name)
    {
        string composed = PairName.Compose(name);
        if (_composed.TryAdd(composed, path))
        {
            _paths.Add(name, path);
            return;
        }

        throw new MedSegException(ErrorKind.InvalidData, ErrorIds.NameTwice, $"{path}: {_composed[composed]} has the same name, but images and masks are paired by name.", path)
        {
            Advice = "Remove or rename one of the two files.",
        };
    }

    private readonly record struct MaskKind(bool IsMask, bool IsPassedOver = false)
    {
        public OutlineKind? Outlines { get; init; }

        public string? Extension { get; init; }
    }
}
