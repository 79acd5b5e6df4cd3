using MedSeg.Data.Files;
using MedSeg.Files;

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

        // Only a table that somebody edited has channels on several drives; then the copy of a file would be the file itself, which exists.
        _from = SharedFolder.Of(_paths.Select(path => Path.GetDirectoryName(path)!)) is { Length: > 0 } shared ? shared : Path.GetDirectoryName(_paths[0])!;
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
}
