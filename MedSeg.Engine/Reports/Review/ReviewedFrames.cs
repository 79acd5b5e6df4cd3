using System.IO.Compression;
using MedSeg.Data.Files;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Formats.Npy;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Inference.Output;
using MedSeg.Volumes;

namespace MedSeg.Reports.Review;

/// <summary>
/// Copies an image of several frames or slices with the masks of those that were accepted, and lists these in the <see cref="FrameTable"/>, so
/// that a data set takes no other.
/// </summary>
/// <param name="slices">The accepted slices, all of the same image.</param>
/// <param name="images">The folder of the images.</param>
/// <param name="labels">The folder of the masks.</param>
/// <param name="root">The folder of the table.</param>
/// <param name="replace">Whether existing files are replaced.</param>
internal sealed class ReviewedFrames(IReadOnlyList<ReviewedSlice> slices, string images, string labels, string root, bool replace)
{
    private readonly string _source = slices[0].ImagePath;
    private readonly ImageReading _reading = new(slices[0].Axis);
    private readonly ReviewedFiles _files = new(slices[0], images);

    /// <summary>Copies the files.</summary>
    /// <param name="frames">The number of frames or slices of the image.</param>
    /// <returns>The slices, with the paths of the copies.</returns>
    /// <exception cref="MedSegException">
    /// <c>FileExists</c>; <c>ReviewFrames</c>: the slices do not state their frame, or are cut along different axes; <c>ImageChanged</c>: the
    /// image has no such frame; or a file cannot be read.
    /// </exception>
    public IReadOnlyList<ReviewedSlice> Copy(int frames)
    {
        if (slices.Any(slice => slice.Frame is null || slice.Axis != _reading.Axis))
        {
            throw new FileFormatException(ErrorIds.ReviewFrames, _source, "The image has several frames or slices, and the review does not say which of them were accepted.")
            {
                Advice = "Write the report again with this version of MedSeg (Export-MedSegReport), and review the slices on it.",
            };
        }

        if (!replace && _files.Images.FirstOrDefault(File.Exists) is { } existing)
        {
            throw AtomicFile.AlreadyExists(existing);
        }

        string mask = WriteMask(frames, Path.Combine(labels, Path.GetFileName(slices[0].ChannelPaths.Count > 0 ? FrameName.ImageOf(slices[0].Name) : DataFiles.NameOfImage(_source))));

        // First the table: until the image is there, nothing uses the frames that were not accepted.
        var used = new Dictionary<string, UsedFrames>(FrameTable.Read(root))
        {
            [_files.Moved(slices[0]).ImagePath] = new UsedFrames(string.Empty, _reading.Axis, slices.Select(slice => slice.Frame!.Value).ToHashSet()),
        };
        FrameTable.Write(root, used);
        _files.Copy(replace);
        return slices.Select(slice => _files.Moved(slice) with { MaskPath = mask }).ToArray();
    }

    // A label volume is copied: it may have names of ROIs. So is a stack with the masks of all frames, which a data set has: its values may
    // not be ROI numbers. All other masks become a volume or, of frames, a stack.
    private string WriteMask(int frames, string stem)
    {
        string[] sources = [.. slices.Select(slice => slice.MaskPath!).Distinct(StringComparer.Ordinal)];
        if (sources is [string volume] && LabelVolume.IsVolume(volume) && !VolumeFile.MayHavePartner(volume))
        {
            string copy = stem + (VolumeFile.ExtensionOf(volume) ?? ".dcm");
            ReviewedData.Copy(volume, copy, replace);
            return copy;
        }

        if (sources is [string stack] && !ImageSource.IsVolume(_source) && LabelReader.IsStack(stack, frames))
        {
            string copy = stem + Path.GetExtension(stack);
            ReviewedData.Copy(stack, copy, replace);
            return copy;
        }

        bool isVolume = ImageSource.IsVolume(_source);
        string target = stem + (isVolume ? ".nii.gz" : ".npy");
        (ImageSlice first, SortedDictionary<int, byte[]> masks) = ReadMasks();
        AtomicFile.Write(target, stream => (isVolume ? (Action<Stream, ImageSlice, SortedDictionary<int, byte[]>>)WriteVolume : WriteStack)(stream, first, masks), replace);
        return target;
    }

    private (ImageSlice First, SortedDictionary<int, byte[]> Masks) ReadMasks()
    {
        ILookup<int, ReviewedSlice> accepted = slices.ToLookup(slice => slice.Frame!.Value);
        var masks = new SortedDictionary<int, byte[]>();
        var labelReader = new MaskFileReader();
        ImageSlice? first = null;
        foreach (ImageSlice image in ImageSource.Read(_source, _reading))
        {
            first ??= image;
            if (accepted[image.Frame].FirstOrDefault() is { } slice)
            {
                masks.Add(image.Frame, labelReader.Read(slice.MaskPath!, image, [], LabelSnap.MaximumRoiCount));
            }
        }

        return accepted.FirstOrDefault(frame => !masks.ContainsKey(frame.Key)) is { } missing
            ? throw new FileFormatException(ErrorIds.ImageChanged, _source, $"The image has no frame {missing.Key}, so it is not the one that was reviewed.") { Advice = "Segment and review the images again." }
            : (first!, masks);
    }

    private static void WriteStack(Stream stream, ImageSlice first, SortedDictionary<int, byte[]> masks)
    {
        NpyFile.WriteHeader(stream, first.Frames, first.Rows, first.Columns);
        byte[] none = new byte[first.Rows * first.Columns];
        for (int frame = 1; frame <= first.Frames; frame++)
        {
            stream.Write(masks.GetValueOrDefault(frame, none));
        }
    }

    private void WriteVolume(Stream stream, ImageSlice first, SortedDictionary<int, byte[]> masks)
    {
        VolumeHeader header = VolumeFile.ReadHeader(_source);
        var cut = new VolumeSlices(header.Geometry, _reading.Axis);
        MemoryBudget.Require(header.Geometry.Voxels, $"The mask of {header.Geometry.Size} voxels", _source);
        byte[] voxels = new byte[header.Geometry.Voxels];
        foreach ((int frame, byte[] mask) in masks)
        {
            VolumeSection section = cut.SectionOf(frame - 1);
            for (int pixel = 0; pixel < mask.Length; pixel++)
            {
                voxels[section.VoxelOf(pixel / first.Columns, pixel % first.Columns)] = mask[pixel];
            }
        }

        using var compressed = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true);
        compressed.Write(MaskVolumeHeader.Of(header, new MaskOutput { OutputPath = labels, Format = MaskFormat.Nifti }, []).Compressed);
        compressed.Write(voxels);
    }
}
