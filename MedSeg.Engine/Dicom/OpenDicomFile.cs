using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Dicom;

/// <summary>A parsed file in memory that is given back when the file is done with.</summary>
internal sealed class OpenDicomFile : IDisposable
{
    private readonly RentedContent _bytes;
    private int _claims;

    private OpenDicomFile(DicomFile content, RentedContent bytes)
    {
        Content = content;
        _bytes = bytes;
    }

    /// <summary>Gets the file; it is not to be used after <see cref="Dispose"/>.</summary>
    public DicomFile Content { get; }

    /// <summary>Reads and parses a file; nothing is decoded.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The file.</returns>
    /// <exception cref="MedSegException">The file is missing, cannot be opened, or is not DICOM.</exception>
    public static OpenDicomFile Open(string path)
    {
        RentedContent bytes = FileContent.Rent(path);
        try
        {
            return new OpenDicomFile(DicomBackend.Open(new DicomSource(path, bytes.Bytes, bytes.Length)), bytes);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    /// <summary>Makes the caller the one who may use the file and disposes of it.</summary>
    /// <returns>Whether nobody was before.</returns>
    public bool TryClaim() => Interlocked.Increment(ref _claims) == 1;

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();
}
