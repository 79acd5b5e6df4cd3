using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using MedSeg.Dicom.Attributes;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Dicom;

/// <summary>The pixels of a file, frame by frame.</summary>
internal sealed class DicomPixels
{
    // The stored integer, what the codec made it from, and the real value.
    private const int BytesPerDecodedSample = 12;
    private const double MostSamplesPerByte = 1024;

    private readonly DicomFile _file;
    private readonly DicomElement _element;

    // Computed once for all frames, so that the work per frame does not grow with their number.
    private int[]? _frameStarts;
    private byte[]? _unswapped;

    private DicomPixels(DicomFile file, DicomElement element, PixelDescription description)
    {
        _file = file;
        _element = element;
        Description = description;
    }

    /// <summary>Gets the layout of the pixels.</summary>
    public PixelDescription Description { get; }

    private DicomSource Source => _file.Dataset.Source;

    /// <summary>Finds and checks the pixels of a file without decoding them.</summary>
    /// <param name="file">The file.</param>
    /// <returns>The pixels.</returns>
    /// <exception cref="FileFormatException">There are no pixels, too few, or of an unsupported kind.</exception>
    public static DicomPixels Open(DicomFile file)
    {
        DicomDataset dataset = file.Dataset;

        // Without pixels the description is often missing too; the missing pixels make the more useful message.
        (DicomElement element, PixelFormat format) = dataset.Find(DicomTag.PixelData) is { } integers ? (integers, PixelFormat.Integer)
            : dataset.Find(DicomTag.FloatPixelData) is { } singles ? (singles, PixelFormat.Single)
            : dataset.Find(DicomTag.DoubleFloatPixelData) is { } doubles ? (doubles, PixelFormat.Double)
            : throw NoPixels(dataset);
        var pixels = new DicomPixels(file, element, PixelDescription.Read(dataset, format));
        pixels.Check();
        RequireBudget(pixels.Description, dataset.Source);
        return pixels;
    }

    private static void RequireBudget(PixelDescription pixels, DicomSource source)
    {
        double samples = (double)pixels.Rows * pixels.Columns * pixels.Samples;

        // A file that is too short for so many samples is damaged; its codec says so before it takes memory.
        if (samples <= source.Length * MostSamplesPerByte)
        {
            MemoryBudget.Require(samples * BytesPerDecodedSample, $"An image of {pixels.Columns} × {pixels.Rows} pixels", source.Path);
        }
    }

    /// <summary>Decodes a frame of integers.</summary>
    /// <param name="frame">The frame, from 0.</param>
    /// <returns>
    /// The stored values, row by row, samples interleaved, without the bits outside of Bits Stored, and sign-extended if
    /// they are signed. An unsigned value of 32 bits is returned as its bit pattern.
    /// </returns>
    public int[] ReadStored(int frame)
    {
        PixelDescription pixels = Description;
        int[] samples;
        if (_element.Fragments is null)
        {
            samples = NativeFrameDecoder.Decode(NativeBytes(ref frame), frame, pixels, _file.Syntax.Encoding.BigEndian);
        }
        else
        {
            ReadOnlyMemory<byte> bytes = FrameBytes(frame, out int offset);
            samples = CompressedFrameDecoder.Decode(bytes, offset, _file.Syntax.Compression, pixels, Source);
        }

        if (pixels.BitsAllocated > 1)
        {
            ExtractStoredBits(samples, pixels);
        }

        return samples;
    }

    /// <summary>Gets a value indicating whether a pixel is a single integer of 8 or 16 bits, which <see cref="TryReadGrey"/> can convert directly.</summary>
    public bool HasWords => Description is { Samples: 1, Format: PixelFormat.Integer, BitsAllocated: 8 or 16 };

    /// <summary>Decodes a frame with <see cref="HasWords"/> directly to real values.</summary>
    /// <param name="frame">The frame, from 0.</param>
    /// <param name="line">Slope and intercept.</param>
    /// <param name="take">Returns memory for that many values; called only if the frame can be decoded into it.</param>
    /// <param name="values">The values, row by row.</param>
    /// <returns><see langword="false"/> if the frame needs <see cref="ReadStored"/>.</returns>
    public bool TryReadGrey(int frame, RescaleLine line, Func<int, float[]> take, out float[] values)
    {
        if (_element.Fragments is not null)
        {
            return TryReadCompressedGrey(frame, line, take, out values);
        }

        if (Description.BitsAllocated == 16 && _file.Syntax.Encoding.BigEndian == BitConverter.IsLittleEndian)
        {
            values = [];
            return false;
        }

        int count = Description.Count;
        values = take(count);
        if (Description.BitsAllocated == 8)
        {
            RealValues.Convert(NativeBytes(ref frame).Slice(frame * count, count), Description, line, values);
        }
        else
        {
            RealValues.Convert(MemoryMarshal.Cast<byte, ushort>(NativeBytes(ref frame)).Slice(frame * count, count), Description, line, values);
        }

        return true;
    }

    private bool TryReadCompressedGrey(int frame, RescaleLine line, Func<int, float[]> take, out float[] values)
    {
        ushort[]? words = CompressedFrameDecoder.RentWords(FrameBytes(frame, out _), _file.Syntax.Compression, Description, Source);
        values = [];
        if (words is null)
        {
            return false;
        }

        values = take(Description.Count);
        RealValues.Convert(words.AsSpan(0, Description.Count), Description, line, values);
        ArrayPool<ushort>.Shared.Return(words);
        return true;
    }

    private ReadOnlyMemory<byte> FrameBytes(int frame, out int offset)
    {
        _frameStarts ??= EncapsulatedFrames.FindStarts(_file.Dataset, _element, Description.Frames);
        (ReadOnlyMemory<byte> bytes, offset) = EncapsulatedFrames.Find(_element, _frameStarts, frame);
        return bytes;
    }

    /// <summary>Decodes a frame of floating-point numbers.</summary>
    /// <param name="frame">The frame, from 0.</param>
    /// <returns>The values, row by row.</returns>
    public double[] ReadFloats(int frame) => NativeFrameDecoder.DecodeFloats(
        _file.PixelFile is null ? _element.Value.Span : NativeBytes(ref frame), frame, Description, _file.Syntax.Encoding.BigEndian);

    private void Check()
    {
        PixelCompression compression = _file.Syntax.Compression;
        if (compression == PixelCompression.Unsupported)
        {
            throw Source.Error(
                ErrorIds.DicomUnsupported,
                $"The transfer syntax {_file.Syntax} is not supported.",
                "Convert the file to Explicit VR Little Endian, for example with gdcmconv --raw.");
        }

        if (_element.Fragments is { } fragments)
        {
            CheckFragments(fragments, compression);
            return;
        }

        if (compression != PixelCompression.None)
        {
            throw Source.Error(
                ErrorIds.DicomInvalid,
                $"The pixels are not compressed, although the transfer syntax is {_file.Syntax}.",
                DicomAdvice.ExportAgain,
                _element.Offset);
        }

        if (Description.Photometric == Photometric.YbrFull422 && Description.Columns % 2 != 0)
        {
            throw Source.Error(
                ErrorIds.DicomInvalid,
                $"The image is YBR_FULL_422, in which two pixels of a row share their colour, but has {Description.Columns} columns, an odd number.",
                DicomAdvice.ExportAgain);
        }

        // The largest frame size times the largest number of frames overflows 64 bits.
        Int128 expected = (((Int128)Description.FrameBits * Description.Frames) + 7) / 8;
        long present = _file.PixelFile?.Length ?? _element.Value.Length;
        if (present == 0)
        {
            throw NoPixels(_file.Dataset);
        }

        if (present < expected)
        {
            throw Source.Error(
                ErrorIds.DicomTruncated,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"There are {present} bytes of pixels, but {FramesText()}{Description.Rows} rows and {Description.Columns} columns of {Description.BitsAllocated} bits need {expected}: the file is truncated or damaged."),
                DicomAdvice.Damaged,
                _element.Offset);
        }
    }

    private void CheckFragments(IReadOnlyList<DicomFragment> fragments, PixelCompression compression)
    {
        if (compression == PixelCompression.None || Description.Format != PixelFormat.Integer)
        {
            throw Source.Error(
                ErrorIds.DicomInvalid,
                $"The pixels are compressed, although the transfer syntax is {_file.Syntax} or missing.",
                "Export the image again, with its file meta information.",
                _element.Offset);
        }

        if (fragments.All(f => f.Bytes.IsEmpty))
        {
            throw NoPixels(_file.Dataset);
        }

        if (_element.IsOpenEnded && !EndsWhole(fragments[^1].Bytes.Span, compression))
        {
            throw Source.Error(
                ErrorIds.DicomTruncated,
                "The compressed pixels end before the end of the image: the file is truncated.",
                DicomAdvice.Damaged,
                _element.Offset);
        }

        if (fragments.Count < Description.Frames)
        {
            throw Source.Error(
                ErrorIds.DicomTruncated,
                $"There are {fragments.Count} fragments of compressed pixels for {Description.Frames} frames, which need at least one each: the file is truncated or damaged.",
                DicomAdvice.Damaged,
                _element.Offset);
        }
    }

    // The other decoders find out themselves where a codestream is cut. Zeros or FF may pad the last marker to an even length.
    private static bool EndsWhole(ReadOnlySpan<byte> bytes, PixelCompression compression) => compression switch
    {
        PixelCompression.Jpeg => bytes.TrimEnd((byte)0) is [.., 0xFF, 0xD9] or [.., 0xFF, 0xD9, 0xFF],
        PixelCompression.Rle => bytes.Length % 2 == 0,
        _ => true,
    };

    private string FramesText() =>
        Description.Frames > 1 ? string.Create(CultureInfo.InvariantCulture, $"{Description.Frames} frames of ") : string.Empty;

    // All pixels or, of a large file, those of the frame, which is then the first one.
    private ReadOnlySpan<byte> NativeBytes(ref int frame)
    {
        if (_file.PixelFile is not { } pixels)
        {
            return NativeBytes();
        }

        byte[] bytes = pixels.Read(frame, (int)(Description.FrameBits / 8));
        frame = 0;
        return bytes;
    }

    // In big-endian words, bytes are in swapped pairs (PS3.5, 8.2 and D.1).
    private ReadOnlySpan<byte> NativeBytes()
    {
        ReadOnlySpan<byte> bytes = _element.Value.Span;
        if (!_file.Syntax.Encoding.BigEndian || Description.BitsAllocated > 8 || _element.Vr != DicomVr.OW)
        {
            return bytes;
        }

        if (_unswapped is not null)
        {
            return _unswapped;
        }

        byte[] swapped = bytes.ToArray();
        for (int i = 0; i + 1 < swapped.Length; i += 2)
        {
            (swapped[i], swapped[i + 1]) = (swapped[i + 1], swapped[i]);
        }

        _unswapped = swapped;
        return swapped;
    }

    private static FileFormatException NoPixels(DicomDataset dataset) =>
        dataset.Contains(DicomTag.Rows)
            ? dataset.Source.Error(ErrorIds.DicomNoPixels, "The file describes an image but has no pixels.", DicomAdvice.ExportAgain)
            : dataset.Source.Error(
                ErrorIds.DicomNotAnImage,
                "The file is DICOM but not an image; it may be a report, a presentation state, contours or a DICOMDIR.",
                "Remove it from the folder, or export the image itself.");

    private static void ExtractStoredBits(int[] values, PixelDescription pixels)
    {
        int left = 31 - pixels.HighBit;
        int right = 32 - pixels.BitsStored;
        if (left == 0 && right == 0)
        {
            return;
        }

        Span<Vector<int>> vectors = MemoryMarshal.Cast<int, Vector<int>>(values.AsSpan());
        foreach (ref Vector<int> vector in vectors)
        {
            Vector<int> shifted = Vector.ShiftLeft(vector, left);
            vector = pixels.IsSigned ? Vector.ShiftRightArithmetic(shifted, right) : Vector.ShiftRightLogical(shifted, right);
        }

        for (int i = vectors.Length * Vector<int>.Count; i < values.Length; i++)
        {
            values[i] = RealValues.Extend(values[i], pixels);
        }
    }
}
