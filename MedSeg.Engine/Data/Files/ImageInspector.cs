using MedSeg.Data.Samples;
using MedSeg.Dicom;
using MedSeg.Dicom.Attributes;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Formats;
using MedSeg.Formats.Npy;
using MedSeg.Formats.Png;
using MedSeg.Formats.Tiff;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>Describes image files of all formats that MedSeg reads.</summary>
public static class ImageInspector
{
    /// <summary>Describes a file.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="hash">Whether to compute <see cref="ImageInfo.Sha256"/>.</param>
    /// <param name="axis">The axis along which a volume that is not DICOM is cut into slices.</param>
    /// <returns>The description.</returns>
    /// <exception cref="MedSegException">The file is missing, damaged or of an unsupported format.</exception>
    public static ImageInfo Describe(string path, bool hash, SliceAxis axis = SliceAxis.Auto) => Describe(path, new ImageInspection { Hash = hash, SliceAxis = axis })[0];

    /// <summary>Describes a file, which is read once, and draws a frame.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="inspection">What to do.</param>
    /// <returns>The description; if the file has several channels that were named, one of each.</returns>
    /// <exception cref="MedSegException">
    /// The file is missing, damaged, of an unsupported format, of no channel (<c>ChannelMissing</c>) or has no such frame (<c>FrameNotFound</c>), or the
    /// picture cannot be written.
    /// </exception>
    public static IReadOnlyList<ImageInfo> Describe(string path, ImageInspection inspection)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(inspection);
        IReadOnlyList<ImageChannel> channels = inspection.Channels;
        InputLimits.RequireChannels(channels);
        if (ChannelSource.AreInOneFile(channels))
        {
            return ImageSource.IsVolume(path) ? DescribeVolumes(path, inspection) : DescribeTogether(path, inspection, ImageSource.Read(path, new ImageReading { Channels = channels }));
        }

        IReadOnlyList<ImageChannel> own = channels.Count == 0 ? [] : new ChannelGrouping(channels).ChannelsOf(path);
        if (own.Count > 0 && DicomImageReader.IsDicom(path) && ChannelFrames.Choose(DicomImageReader.Parse(path), own, 0) is not null)
        {
            return DescribeTogether(path, inspection with { Channels = own }, ImageSource.Read(path, [.. own.Select(_ => path)], new ImageReading { Channels = own }));
        }

        string? name = channels.Count == 0 ? null : own.Count == 1 ? own[0].Name : throw ChannelGrouping.NoChannel(path, channels);
        using var frames = new FrameCollector(inspection);
        ImageInfo info = DicomImageReader.IsDicom(path) ? DescribeDicom(path, frames)
            : VolumeFile.Is(path) && VolumeFile.Open(path) is var voxels ? DescribeVolume(voxels, [.. Enumerable.Range(0, voxels.Header.Volumes)], inspection.SliceAxis, frames)
            : DescribeMask(path, frames);
        return [frames.Draw(info with { Channel = name })];
    }

    private static ImageInfo[] DescribeVolumes(string path, ImageInspection inspection)
    {
        VoxelVolume voxels = VolumeFile.Open(path);
        var described = new ImageInfo[inspection.Channels.Count];
        for (int i = 0; i < described.Length; i++)
        {
            ImageChannel channel = inspection.Channels[i];
            using var frames = new FrameCollector(OfChannel(inspection, i));
            described[i] = frames.Draw(DescribeVolume(voxels, ChannelSource.VolumesIn(voxels.Header, [channel]), inspection.SliceAxis, frames) with { Channel = channel.Name });
        }

        return described;
    }

    // Colours and frames of one channel have no hash.
    private static ImageInfo[] DescribeTogether(string path, ImageInspection inspection, IEnumerable<ImageSlice> slices)
    {
        FrameCollector[] frames = [.. inspection.Channels.Select((_, i) => new FrameCollector(OfChannel(inspection, i) with { Hash = false }))];
        ImageSlice? first = null;
        int number = 0;
        foreach (ImageSlice slice in slices)
        {
            first ??= slice;
            number++;
            for (int i = 0; i < frames.Length; i++)
            {
                float[] pixels = i == 0 ? slice.Pixels : slice.OtherChannels[i - 1].Pixels;
                frames[i].AddReal(number, pixels);
                Array.ForEach(pixels, value => frames[i].Stored.Add(value));
            }
        }

        string format = first!.IsDicom ? "DICOM" : FormatOf(ImageFile.Read(path));
        return
        [
            .. frames.Select((collected, i) => collected.Draw(new ImageInfo
            {
                Path = path,
                Format = format,
                Channel = inspection.Channels[i].Name,
                Modality = first.Modality,
                Rows = first.Rows,
                Columns = first.Columns,
                Frames = first.ChannelFrames ?? first.Frames,
                PixelSpacing = first.Spacing,
                Stored = collected.Stored.ToStatistics(),
                Real = collected.Real.ToStatistics(),
            })),
        ];
    }

    // Of several channels, the first is drawn.
    private static ImageInspection OfChannel(ImageInspection inspection, int channel) => channel == 0 ? inspection : inspection with { OutputPath = null };

    // The reader of masks is the last one that is tried, but the file may be meant as an image.
    private static LabelImage DecodeMask(byte[] content, string path)
    {
        try
        {
            return LabelReader.Decode(content, path);
        }
        catch (FileFormatException e) when (e.ErrorId == ErrorIds.LabelFormat)
        {
            throw new FileFormatException(ErrorIds.LabelFormat, path, $"The file {FileKind.Of(path)}. It is neither an image nor a mask in a supported format.", 0)
            {
                Advice = "Give a DICOM, NIfTI, NRRD, MetaImage, Analyze, .npy, PNG, TIFF or JPEG file. If it is one of these, it is damaged: copy it again.",
            };
        }
    }

    private static ImageInfo DescribeDicom(string path, FrameCollector frames)
    {
        DicomFile file = DicomImageReader.Parse(path);
        DicomPixels pixels = DicomPixels.Open(file);
        PixelDescription description = pixels.Description;
        var attributes = new FrameAttributes(file.Dataset, description);
        var transform = new ModalityTransform(pixels, file.Dataset, attributes);
        for (int frame = 0; frame < description.Frames; frame++)
        {
            frames.AddReal(frame + 1, AddStored(pixels, transform, frame, frames));
        }

        return new ImageInfo
        {
            Path = path,
            Format = "DICOM",
            Modality = attributes.Modality,
            Rows = description.Rows,
            Columns = description.Columns,
            Frames = description.Frames,
            SamplesPerPixel = description.Samples,
            BitsAllocated = description.BitsAllocated,
            BitsStored = description.BitsStored,
            IsSigned = description.IsSigned,
            TransferSyntax = file.StatedSyntax.Name,
            TransferSyntaxUid = file.StatedSyntax.Uid,
            PhotometricInterpretation = file.Dataset.FindText(DicomTag.PhotometricInterpretation),
            PixelSpacing = attributes.Spacing(0),
            Notes = attributes.SpacingNote(0) is { } note ? (string[])[note.Text] : [],
            Stored = frames.Stored.ToStatistics(),
            Real = frames.Real.ToStatistics(),
            Sha256 = frames.Hash(),
        };
    }

    /// <summary>Decodes a frame once, adds its stored values to the statistics and the hash, and returns the real values.</summary>
    private static float[] AddStored(DicomPixels pixels, ModalityTransform transform, int frame, FrameCollector frames)
    {
        if (pixels.Description.Format != PixelFormat.Integer)
        {
            double[] floats = pixels.ReadFloats(frame);
            Array.ForEach(floats, frames.Stored.Add);
            frames.HashNothing();
            return transform.Apply(frame, floats);
        }

        int[] values = pixels.ReadStored(frame);
        bool isUnsigned32 = pixels.Description is { IsSigned: false, BitsStored: 32 };
        foreach (int value in values)
        {
            frames.Stored.Add(isUnsigned32 ? (uint)value : value);
        }

        frames.AppendHash(values);
        return transform.Apply(frame, values);
    }

    private static ImageInfo DescribeVolume(VoxelVolume voxels, int[] parts, SliceAxis axis, FrameCollector frames)
    {
        var volume = ImageVolume.Of(voxels, axis, parts);
        int slices = volume.Slices.Count;
        for (int slice = 0; slice < slices * parts.Length; slice++)
        {
            // Numbers of 64 bits keep their precision in the statistics.
            int[] integers = new int[volume.Slices.Rows * volume.Slices.Columns];
            float[] reals = frames.IsDrawn(slice + 1) ? new float[integers.Length] : [];
            bool isDrawn = reals.Length > 0;
            volume.ForEach(slice % slices, slice / slices, (pixel, storedValue, value) =>
            {
                frames.Stored.Add(storedValue);
                frames.Real.Add(value);
                if (isDrawn)
                {
                    reals[pixel] = (float)value;
                }

                integers[pixel] = unchecked((int)(long)storedValue);
            });
            frames.Take(slice + 1, reals);
            frames.AppendHash(integers);
        }

        if (voxels.Header.Type > VoxelType.Int32)
        {
            frames.HashNothing();
        }

        return new ImageInfo
        {
            Path = volume.Header.Path,
            Format = volume.Header.Format,
            Rows = volume.Slices.Rows,
            Columns = volume.Slices.Columns,
            Frames = slices,
            SamplesPerPixel = parts.Length > 1 ? parts.Length : null,
            PixelSpacing = volume.Slices.Spacing,
            Notes = volume.Header.DirectionsNote is { } directions ? (string[])[directions] : [],
            Stored = frames.Stored.ToStatistics(),
            Real = frames.Real.ToStatistics(),
            Sha256 = frames.Hash(),
        };
    }

    private static ImageInfo DescribeMask(string path, FrameCollector frames)
    {
        byte[] content = ImageFile.Read(path);
        LabelImage mask = DecodeMask(content, path);
        Array.ForEach(mask.Values, value => frames.Stored.Add(value));
        frames.AddReal(1, mask.Values);
        if (Array.TrueForAll(mask.Values, value => value == MathF.Floor(value) && Math.Abs(value) < int.MaxValue))
        {
            frames.AppendHash(Array.ConvertAll(mask.Values, value => (int)value));
        }
        else
        {
            frames.HashNothing();
        }

        return new ImageInfo
        {
            Path = path,
            Format = FormatOf(content),
            Rows = mask.Rows,
            Columns = mask.Columns,
            Frames = 1,
            Stored = frames.Stored.ToStatistics(),
            Real = frames.Real.ToStatistics(),
            Sha256 = frames.Hash(),
        };
    }

    private static string FormatOf(ReadOnlySpan<byte> content) =>
        content.StartsWith(NpyHeader.Magic) ? "NumPy" : content.StartsWith(PngChunks.Signature) ? "PNG" : TiffLabel.IsTiff(content) ? "TIFF" : NiftiFile.MayBeNifti(content) ? "NIfTI" : "JPEG";
}
