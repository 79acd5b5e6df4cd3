using System.Globalization;
using MedSeg.Errors;

namespace MedSeg.Dicom.Parsing;

/// <summary>The bytes that are being read and where they came from.</summary>
/// <param name="path">The absolute path of the file, for messages.</param>
/// <param name="bytes">An array that begins with the file, or with its inflated data set.</param>
/// <param name="length">The number of bytes that belong to it.</param>
/// <param name="isInflated">Whether offsets count in the inflated data set and not in the file.</param>
internal sealed class DicomSource(string path, byte[] bytes, int length, bool isInflated = false)
{
    /// <summary>Initializes a new instance of the <see cref="DicomSource"/> class.</summary>
    /// <param name="path">The absolute path of the file, for messages.</param>
    /// <param name="bytes">The file, or its inflated data set.</param>
    /// <param name="isInflated">Whether offsets count in the inflated data set and not in the file.</param>
    public DicomSource(string path, byte[] bytes, bool isInflated = false)
        : this(path, bytes, bytes.Length, isInflated)
    {
    }

    public string Path { get; } = path;

    /// <summary>Gets the bytes.</summary>
    public ReadOnlyMemory<byte> Bytes { get; } = bytes.AsMemory(0, length);

    /// <summary>Gets the array that <see cref="Bytes"/> begins; it may be longer.</summary>
    public byte[] Array { get; } = bytes;

    /// <summary>Gets the number of bytes.</summary>
    public int Length { get; } = length;

    public FileFormatException Error(string errorId, string problem, long? offset = null, Exception? cause = null)
    {
        if (isInflated && offset is not null)
        {
            problem += string.Create(CultureInfo.InvariantCulture, $" (at byte {offset} of the inflated data set)");
            offset = null;
        }

        return new FileFormatException(errorId, Path, problem, offset, cause);
    }
}
