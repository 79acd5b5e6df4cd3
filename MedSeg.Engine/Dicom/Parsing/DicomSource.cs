using System.Globalization;
using MedSeg.Errors;

namespace MedSeg.Dicom.Parsing;

/// <summary>The bytes of a DICOM file, and its path for messages.</summary>
/// <param name="path">The absolute path of the file, for messages.</param>
/// <param name="bytes">An array that starts with the file, or with its inflated data set.</param>
/// <param name="length">The number of bytes of the file or data set in the array.</param>
/// <param name="isInflated">Whether offsets refer to the inflated data set rather than the file.</param>
internal sealed class DicomSource(string path, byte[] bytes, int length, bool isInflated = false)
{
    /// <summary>Initializes a new instance of the <see cref="DicomSource"/> class.</summary>
    /// <param name="path">The absolute path of the file, for messages.</param>
    /// <param name="bytes">The file, or its inflated data set.</param>
    /// <param name="isInflated">Whether offsets refer to the inflated data set rather than the file.</param>
    public DicomSource(string path, byte[] bytes, bool isInflated = false)
        : this(path, bytes, bytes.Length, isInflated)
    {
    }

    public string Path { get; } = path;

    /// <summary>Gets the bytes.</summary>
    public ReadOnlyMemory<byte> Bytes { get; } = bytes.AsMemory(0, length);

    /// <summary>Gets the array that starts with <see cref="Bytes"/> and may be longer.</summary>
    public byte[] Array { get; } = bytes;

    /// <summary>Gets the number of bytes.</summary>
    public int Length { get; } = length;

    /// <summary>Creates an error about this file.</summary>
    /// <param name="errorId">The stable identifier.</param>
    /// <param name="finding">What was found and what was expected, in whole sentences.</param>
    /// <param name="advice">What to do, in whole sentences; or <see langword="null"/>.</param>
    /// <param name="offset">The offset at which reading stopped, where it is known.</param>
    /// <param name="cause">The cause, where there is one.</param>
    /// <returns>The error to throw.</returns>
    public FileFormatException Error(string errorId, string finding, string? advice, long? offset = null, Exception? cause = null)
    {
        if (isInflated && offset is not null)
        {
            finding = string.Create(CultureInfo.InvariantCulture, $"{finding.TrimEnd('.')} (at byte {offset} of the inflated data set).");
            offset = null;
        }

        return new FileFormatException(errorId, Path, finding, offset, cause) { Advice = advice };
    }
}
