using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Natives;

/// <summary>A folder for a package that is downloaded and then installed. It is deleted at the end.</summary>
public sealed class NativeDownload : IDisposable
{
    /// <summary>Initializes a new instance of the <see cref="NativeDownload"/> class, and makes the folder.</summary>
    /// <exception cref="MedSegException"><c>WriteFailed</c>.</exception>
    public NativeDownload()
    {
        Folder = Path.Combine(Path.GetTempPath(), $"medseg-{Guid.NewGuid():N}");
        try
        {
            FileChanges.CreateFolder(Folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Failure(Folder, e);
        }
    }

    /// <summary>Gets the absolute path of the folder.</summary>
    public string Folder { get; }

    /// <summary>Finds the package that was downloaded.</summary>
    /// <returns>Its absolute path; <see langword="null"/> if there is none.</returns>
    public string? Find() => Directory.EnumerateFiles(Folder, "*.nupkg").FirstOrDefault();

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            FileChanges.DeleteTree(Folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The system clears its folder for temporary files.
        }
    }
}
