using MedSeg.Data.Files;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Threading;
using MedSeg.Volumes;

namespace MedSeg.Composition;

/// <summary>Finds the fat image of each water image: in the channels of the image, or in a folder by position, or by name if the files do not state it.</summary>
internal sealed class DixonImages
{
    private readonly DataFiles? _files;
    private readonly Lazy<(string Path, SlicePlane Plane)[]> _planes = new(() => []);
    private readonly ImageReading _reading;
    private readonly int _water;
    private readonly int _fat;

    private DixonImages(int water, int fat, ImageReading reading) => (_water, _fat, _reading) = (water, fat, reading);

    private DixonImages(DataFiles files, ImageReading reading, CancellationToken cancellationToken)
    {
        (_files, _reading) = (files, reading);
        _planes = new(() => [.. files.Paths.Values.SelectMany(path => PlanesOf(path).Select(plane => (path, plane)))]);

        IReadOnlyList<SlicePlane> PlanesOf(string path)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ImageHeader.Read(path, reading)?.Planes ?? [];
        }
    }

    /// <summary>Gets a value indicating whether water and fat are channels of the images.</summary>
    public bool AreChannels => _files is null;

    /// <summary>Finds the fat images.</summary>
    /// <param name="options">The folder of fat images, whose subfolders are searched as well, or the names of the channels.</param>
    /// <param name="reading">How images are read.</param>
    /// <param name="events">Receives progress, from several threads; may be null.</param>
    /// <param name="cancellationToken">Stops the search, also that for the position of an image.</param>
    /// <returns>The images; null if the method is not Dixon.</returns>
    /// <exception cref="MedSegException">The folder is missing or empty.</exception>
    public static DixonImages? Open(CompositionOptions options, ImageReading reading, EngineEvents? events = null, CancellationToken cancellationToken = default) => options.FatImagePath is { } folder
        ? new DixonImages(DataFiles.FindImages(folder, recurse: true, new HashSet<string>(), events: events, cancellationToken: cancellationToken), reading with { Channels = [] }, cancellationToken)
        : options.Method != FatMethod.Dixon ? null
        : new DixonImages(CompositionOptions.FindChannel(options.WaterChannel, reading.Channels), CompositionOptions.FindChannel(options.FatChannel, reading.Channels), reading);

    /// <summary>Returns the water image of an image with all channels.</summary>
    /// <param name="image">The image; it is the water image itself, if the fat images are in a folder.</param>
    /// <returns>The water image; its only other channel is fat.</returns>
    public ImageSlice WaterOf(ImageSlice image)
    {
        if (!AreChannels)
        {
            return image;
        }

        ImageSlice[] all = [image, .. image.OtherChannels];
        return all[_water] with { Frame = image.Frame, Frames = image.Frames, OtherChannels = [all[_fat]] };
    }

    /// <summary>Reads the fat image of a water image.</summary>
    /// <param name="name">The name of the slice.</param>
    /// <param name="water">The water image.</param>
    /// <returns>The fat image.</returns>
    /// <exception cref="MedSegException">There is none, or it has another size (<c>FatImageMissing</c>).</exception>
    public ImageSlice Read(string name, ImageSlice water)
    {
        if (AreChannels)
        {
            return water.OtherChannels[0];
        }

        ImageSlice fat = Find(name, water) ?? throw new MedSegException(ErrorKind.InvalidData, ErrorIds.FatImageMissing, $"{name}: There is no fat image at the position of the water image, and none with its name.")
        {
            Advice = "Check that -FatImagePath is the folder of the fat images of the same scan.",
        };
        return (fat.Rows, fat.Columns) == (water.Rows, water.Columns)
            ? fat
            : throw new MedSegException(ErrorKind.InvalidData, ErrorIds.FatImageMissing, $"{name}: The fat image has {fat.Rows} × {fat.Columns} pixels, but the water image has {water.Rows} × {water.Columns}.")
            {
                Advice = "Use water and fat images of the same reconstruction.",
            };
    }

    private ImageSlice? Find(string name, ImageSlice water)
    {
        if (SlicePlane.Of(water) is { } plane)
        {
            double tolerance = SlicePlane.ToleranceOf(plane.Plane);
            (string Path, SlicePlane Plane)[] near = [.. _planes.Value.Where(other => IsSame(plane, other.Plane, tolerance))];
            if (near.Length == 1)
            {
                return ImageSource.Read(near[0].Path, _reading).First(image => image.Frame == near[0].Plane.Frame);
            }
        }

        string file = water.Frames > 1 ? FrameName.ImageOf(name) : name;
        return _files!.Paths.TryGetValue(file, out string? path) ? ImageSource.Read(path, _reading).FirstOrDefault(image => image.Frame == water.Frame) : null;
    }

    private static bool IsSame(SlicePlane a, SlicePlane b, double tolerance) =>
        (a.FrameOfReference ?? "") == (b.FrameOfReference ?? "") && (a.Plane.Origin - b.Plane.Origin).Length <= tolerance && a.Plane.Normal.Dot(b.Plane.Normal) > 0.999;
}
