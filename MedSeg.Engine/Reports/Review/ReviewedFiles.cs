using MedSeg.Data.Files;

namespace MedSeg.Reports.Review;

/// <summary>
/// The files of a slice's image and where their copies go. The channels of an image may be files in several folders, which remain as they are to
/// each other: <c>water/P01.dcm</c> and <c>fat/P01.dcm</c>.
/// </summary>
internal sealed class ReviewedFiles
{
    private readonly string _from;
    private readonly string _to;
    private readonly IReadOnlyList<string> _paths;

    /// <summary>Initializes a new instance of the <see cref="ReviewedFiles"/> class.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="folder">The absolute path of the folder of the copies.</param>
    public ReviewedFiles(ReviewedSlice slice, string folder)
    {
        _paths = slice.ChannelPaths.Count > 0 ? slice.ChannelPaths : [slice.ImagePath];
        _from = FolderOf(_paths);
        _to = folder;
    }

    /// <summary>Gets the absolute paths of the copies of the images, one for each channel in a file of its own.</summary>
    public IEnumerable<string> Images => _paths.Select(Target);

    /// <summary>Copies the files; a header and its voxels may be two.</summary>
    /// <param name="replace">Whether existing files are replaced.</param>
    /// <exception cref="Errors.MedSegException"><c>WriteFailed</c> or <c>FileExists</c>.</exception>
    public void Copy(bool replace)
    {
        foreach (string file in _paths.SelectMany(ImageSource.FilesOf))
        {
            ReviewedData.Copy(file, Target(file), replace);
        }
    }

    /// <summary>Gives a slice the paths of the copies.</summary>
    /// <param name="slice">A slice of the image.</param>
    public ReviewedSlice Moved(ReviewedSlice slice) => slice with { ImagePath = Target(slice.ImagePath), ChannelPaths = [.. slice.ChannelPaths.Select(Target)] };

    private string Target(string path) => Path.Combine(_to, Path.GetRelativePath(_from, path));

    // The folder that holds all of them.
    private static string FolderOf(IReadOnlyList<string> paths)
    {
        string folder = Path.GetDirectoryName(paths[0])!;
        while (Path.GetDirectoryName(folder) is { } parent && !paths.All(path => path.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
        {
            folder = parent;
        }

        return folder;
    }
}
