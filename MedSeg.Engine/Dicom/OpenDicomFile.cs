using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Dicom;

/// <summary>A parsed file in pooled memory, which is returned when the file is disposed. The pixels of a large file are not in memory.</summary>
internal sealed class OpenDicomFile : IDisposable
{
    private readonly RentedContent? _bytes;
    private int _claims;

    private OpenDicomFile(DicomFile content, RentedContent? bytes)
    {
        Content = content;
        _bytes = bytes;
    }

    /// <summary>Gets the file; must not be used after <see cref="Dispose"/>.</summary>
    public DicomFile Content { get; }

    /// <summary>Reads and parses a file without decoding it.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The file.</returns>
    /// <exception cref="MedSegException">The file does not exist, cannot be opened, or is not DICOM.</exception>
    public static OpenDicomFile Open(string path)
    {
        if (LargeDicomFile.TryOpen(path) is { } large)
        {
            return new OpenDicomFile(large, null);
        }

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

    /// <summary>Claims the file for the caller, who then uses and disposes it.</summary>
    /// <returns><see langword="true"/> for the first caller only.</returns>
    public bool TryClaim() => Interlocked.Increment(ref _claims) == 1;

    /// <inheritdoc/>
    public void Dispose() => _bytes?.Dispose();
}
