using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Formats.Png;
using MedSeg.Imaging;

namespace MedSeg.Data.Files;

/// <summary>Takes what a description needs from the frames of a file, each of which is decoded once.</summary>
/// <param name="inspection">What is asked for.</param>
internal sealed class FrameCollector(ImageInspection inspection) : IDisposable
{
    private readonly IncrementalHash? _digest = inspection.Hash ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
    private float[]? _drawn;
    private bool _isHashed;

    /// <summary>Gets the statistics of stored values.</summary>
    public StatisticsCollector Stored { get; } = new();

    /// <summary>Gets the statistics of real values.</summary>
    public StatisticsCollector Real { get; } = new();

    /// <summary>Adds the real values of a frame.</summary>
    /// <param name="frame">The number of the frame, from 1.</param>
    /// <param name="values">Its values; the array is kept.</param>
    public void AddReal(int frame, float[] values)
    {
        Array.ForEach(values, value => Real.Add(value));
        Take(frame, values);
    }

    /// <summary>Says whether a frame is to be drawn.</summary>
    /// <param name="frame">The number of the frame, from 1.</param>
    public bool IsDrawn(int frame) => inspection.OutputPath is not null && frame == inspection.Frame;

    /// <summary>Keeps the frame that is to be drawn.</summary>
    /// <param name="frame">The number of the frame, from 1.</param>
    /// <param name="values">Its values; the array is kept.</param>
    public void Take(int frame, float[] values) => _drawn = IsDrawn(frame) ? values : _drawn;

    /// <summary>Adds stored values to the hash.</summary>
    /// <param name="values">The values.</param>
    public void AppendHash(int[] values)
    {
        if (_digest is null)
        {
            return;
        }

        int[] littleEndian = BitConverter.IsLittleEndian ? values : Array.ConvertAll(values, System.Buffers.Binary.BinaryPrimitives.ReverseEndianness);
        _digest.AppendData(MemoryMarshal.AsBytes<int>(littleEndian));
        _isHashed = true;
    }

    /// <summary>Leaves out the hash: the values are not integers.</summary>
    public void HashNothing() => _isHashed = false;

    /// <summary>Returns the hash.</summary>
    /// <returns>Lower-case hexadecimal; <see langword="null"/> if it was not requested, or the values are not integers.</returns>
    public string? Hash() => _digest is null || !_isHashed ? null : Convert.ToHexString(_digest.GetHashAndReset()).ToLowerInvariant();

    /// <summary>Draws the frame that is asked for as an 8-bit grey PNG, with black for the minimum of its values and white for the maximum.</summary>
    /// <param name="info">The description.</param>
    /// <returns>The description, with the path of the picture.</returns>
    /// <exception cref="MedSegException"><c>FrameNotFound</c>, or the PNG cannot be written.</exception>
    public ImageInfo Draw(ImageInfo info)
    {
        if (inspection.OutputPath is not { } target)
        {
            return info;
        }

        float[] values = _drawn ?? throw new MedSegException(
            ErrorKind.InvalidArgument,
            ErrorIds.FrameNotFound,
            string.Create(CultureInfo.InvariantCulture, $"{info.Path}: There is no frame {inspection.Frame}: the image has {(info.Frames == 1 ? "1 frame" : $"{info.Frames} frames")}."),
            info.Path);
        if (Array.TrueForAll(values, float.IsFinite))
        {
            IntensityNormalizer.Apply(values, Normalization.MinMax);
        }

        byte[] greys = Array.ConvertAll(values, value => float.IsFinite(value) ? (byte)Math.Round(255 * Math.Clamp(value, 0, 1)) : (byte)0);
        AtomicFile.Write(target, stream => PngEncoder.WriteGrey8(stream, info.Rows, info.Columns, greys));
        return info with { OutputPath = target };
    }

    /// <inheritdoc/>
    public void Dispose() => _digest?.Dispose();
}
