using System.Globalization;

namespace MedSeg.Dicom;

/// <summary>The bytes that are being read and where they came from.</summary>
/// <param name="path">The absolute path of the file, for messages.</param>
/// <param name="bytes">The file, or its inflated data set.</param>
/// <param name="isInflated">Whether offsets count in the inflated data set and not in the file.</param>
internal sealed class DicomSource(string path, byte[] bytes, bool isInflated = false)
{
    public string Path { get; } = path;

    public byte[] Bytes { get; } = bytes;

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
