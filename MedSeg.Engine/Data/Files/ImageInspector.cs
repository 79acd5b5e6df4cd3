using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MedSeg.Dicom;
using MedSeg.Dicom.Attributes;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Files;
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
    public static ImageInfo Describe(string path, bool hash, SliceAxis axis = SliceAxis.Auto) =>
        DicomImageReader.IsDicom(path) ? DescribeDicom(path, hash) : VolumeFile.Is(path) ? DescribeVolume(ImageVolume.Open(path, axis), hash) : DescribeMask(path, hash);

    /// <summary>Writes a frame as an 8-bit grey PNG, with black for the minimum of its real values and white for the maximum.</summary>
    /// <param name="path">The absolute path of the image.</param>
    /// <param name="frame">The frame, from 1.</param>
    /// <param name="target">The absolute path of the PNG; an existing file is replaced.</param>
    /// <param name="axis">The axis along which a volume that is not DICOM is cut into slices.</param>
    /// <exception cref="MedSegException">The image cannot be read or has no such frame, or the PNG cannot be written.</exception>
    public static void Draw(string path, int frame, string target, SliceAxis axis = SliceAxis.Auto)
    {
        (int rows, int columns, float[] values) = ReadFrame(path, frame, axis);
        if (Array.TrueForAll(values, float.IsFinite))
        {
            IntensityNormalizer.Apply(values, Normalization.MinMax);
        }

        byte[] greys = Array.ConvertAll(values, value => float.IsFinite(value) ? (byte)Math.Round(255 * Math.Clamp(value, 0, 1)) : (byte)0);
        AtomicFile.Write(target, stream => PngEncoder.WriteGrey8(stream, rows, columns, greys));
    }

    private static (int Rows, int Columns, float[] Values) ReadFrame(string path, int frame, SliceAxis axis)
    {
        if (ImageSource.IsVolume(path))
        {
            var volume = ImageVolume.Open(path, axis);
            return frame <= volume.Slices.Count
                ? (volume.Slices.Rows, volume.Slices.Columns, volume.Read(frame - 1).Pixels)
                : throw NoFrame(path, frame, volume.Slices.Count);
        }

        if (!DicomImageReader.IsDicom(path))
        {
            LabelImage mask = Decode(path, () => LabelReader.Read(path));
            return frame == 1 ? (mask.Rows, mask.Columns, mask.Values) : throw NoFrame(path, frame, 1);
        }

        int last = 0;
        foreach (DicomImage image in DicomImageReader.ReadFrames(path))
        {
            last = image.Frames;
            if (image.Frame == frame)
            {
                return (image.Rows, image.Columns, image.Pixels);
            }
        }

        throw NoFrame(path, frame, last);
    }

    // The reader of masks is the last one that is tried, but the file may be meant as an image.
    private static LabelImage Decode(string path, Func<LabelImage> decode)
    {
        try
        {
            return decode();
        }
        catch (FileFormatException e) when (e.ErrorId == ErrorIds.LabelFormat)
        {
            throw new FileFormatException(ErrorIds.LabelFormat, path, $"The file {FileKind.Of(path)}. It is neither an image nor a mask in a supported format.", 0)
            {
                Advice = "Give a DICOM, NIfTI, NRRD, MetaImage, .npy, PNG, TIFF or JPEG file. If it is one of these, it is damaged: copy it again.",
            };
        }
    }

    private static MedSegException NoFrame(string path, int frame, int frames) =>
        new(ErrorKind.InvalidArgument, ErrorIds.FrameNotFound, $"{path}: There is no frame {frame}: the image has {(frames == 1 ? "1 frame" : $"{frames} frames")}.", path);

    private static ImageInfo DescribeDicom(string path, bool hash)
    {
        DicomFile file = DicomImageReader.Parse(path);
        DicomPixels pixels = DicomPixels.Open(file);
        PixelDescription description = pixels.Description;
        var attributes = new FrameAttributes(file.Dataset, description);
        var transform = new ModalityTransform(pixels, file.Dataset, attributes);
        var stored = new StatisticsCollector();
        var real = new StatisticsCollector();
        using IncrementalHash? digest = hash && description.Format == PixelFormat.Integer ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        for (int frame = 0; frame < description.Frames; frame++)
        {
            float[] values = AddStored(pixels, transform, frame, stored, digest);
            Array.ForEach(values, value => real.Add(value));
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
            Stored = stored.ToStatistics(),
            Real = real.ToStatistics(),
            Sha256 = digest is null ? null : Convert.ToHexString(digest.GetHashAndReset()).ToLowerInvariant(),
        };
    }

    /// <summary>Decodes a frame once, adds its stored values to the statistics and the hash, and returns the real values.</summary>
    private static float[] AddStored(DicomPixels pixels, ModalityTransform transform, int frame, StatisticsCollector stored, IncrementalHash? digest)
    {
        if (pixels.Description.Format != PixelFormat.Integer)
        {
            double[] floats = pixels.ReadFloats(frame);
            Array.ForEach(floats, stored.Add);
            return transform.Apply(frame, floats);
        }

        int[] values = pixels.ReadStored(frame);
        bool isUnsigned32 = pixels.Description is { IsSigned: false, BitsStored: 32 };
        foreach (int value in values)
        {
            stored.Add(isUnsigned32 ? (uint)value : value);
        }

        Append(digest, values);
        return transform.Apply(frame, values);
    }

    private static ImageInfo DescribeVolume(ImageVolume volume, bool hash)
    {
        var stored = new StatisticsCollector();
        var real = new StatisticsCollector();
        using IncrementalHash? digest = hash && volume.Header.Type <= VoxelType.Int32 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        for (int slice = 0; slice < volume.Slices.Count; slice++)
        {
            int[] integers = new int[volume.Slices.Rows * volume.Slices.Columns];
            volume.ForEach(slice, (pixel, storedValue, value) =>
            {
                stored.Add(storedValue);
                real.Add(value);
                integers[pixel] = unchecked((int)(long)storedValue);
            });
            Append(digest, integers);
        }

        return new ImageInfo
        {
            Path = volume.Header.Path,
            Format = volume.Header.Format,
            Rows = volume.Slices.Rows,
            Columns = volume.Slices.Columns,
            Frames = volume.Slices.Count,
            PixelSpacing = volume.Slices.Spacing,
            Stored = stored.ToStatistics(),
            Real = real.ToStatistics(),
            Sha256 = digest is null ? null : Convert.ToHexString(digest.GetHashAndReset()).ToLowerInvariant(),
        };
    }

    private static ImageInfo DescribeMask(string path, bool hash)
    {
        byte[] content = ImageFile.Read(path);
        LabelImage mask = Decode(path, () => LabelReader.Decode(content, path));
        var statistics = new StatisticsCollector();
        Array.ForEach(mask.Values, value => statistics.Add(value));
        bool isWhole = Array.TrueForAll(mask.Values, value => value == MathF.Floor(value) && Math.Abs(value) < int.MaxValue);
        using IncrementalHash? digest = hash && isWhole ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        Append(digest, Array.ConvertAll(mask.Values, value => (int)value));
        ReadOnlySpan<byte> start = content;
        return new ImageInfo
        {
            Path = path,
            Format = start.StartsWith(NpyHeader.Magic) ? "NumPy" : start.StartsWith(PngChunks.Signature) ? "PNG" : TiffLabel.IsTiff(start) ? "TIFF" : NiftiFile.MayBeNifti(start) ? "NIfTI" : "JPEG",
            Rows = mask.Rows,
            Columns = mask.Columns,
            Frames = 1,
            Stored = statistics.ToStatistics(),
            Real = statistics.ToStatistics(),
            Sha256 = digest is null ? null : Convert.ToHexString(digest.GetHashAndReset()).ToLowerInvariant(),
        };
    }

    private static void Append(IncrementalHash? digest, int[] values)
    {
        if (digest is null)
        {
            return;
        }

        int[] littleEndian = BitConverter.IsLittleEndian ? values : Array.ConvertAll(values, System.Buffers.Binary.BinaryPrimitives.ReverseEndianness);
        digest.AppendData(MemoryMarshal.AsBytes<int>(littleEndian));
    }
}
