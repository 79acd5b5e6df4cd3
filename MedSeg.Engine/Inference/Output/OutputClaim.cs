using System.Security.Cryptography;
using System.Text;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Inference.Scans;

namespace MedSeg.Inference.Output;

/// <summary>
/// Keeps a second segmentation of the same images out of the files that this one is writing: both found the folder empty, and would
/// replace each other's masks. A file named after the first mask is locked until the run ends; the system releases the lock when the
/// process ends, however that happens. Runs that share only some images meet when a mask gets its final name.
/// </summary>
internal sealed class OutputClaim : IDisposable
{
    /// <summary>The subfolder of the lock files, which exists while a run is writing: programs that watch the output folder see only masks.</summary>
    public const string FolderName = ".medseg-lock";

    private const int MaxTries = 20;
    private readonly FileStream _file;
    private readonly string _folder;
    private readonly bool _isOutputNew;

    private OutputClaim(FileStream file, string folder, bool isOutputNew) => (_file, _folder, _isOutputNew) = (file, folder, isOutputNew);

    /// <summary>Claims the files of a run that must not replace any.</summary>
    /// <param name="series">All that is to be segmented.</param>
    /// <param name="output">The folder and the format.</param>
    /// <param name="cancellationToken">Stops before the claim is made, or releases it.</param>
    /// <returns>The claim; null where files may be replaced, or none are written.</returns>
    /// <exception cref="MedSegException">Another process is writing them, or has written them (<c>FileExists</c>), or the folder cannot be written to (<c>WriteFailed</c>).</exception>
    public static OutputClaim? Take(IReadOnlyList<ScanSeries> series, MaskOutput output, CancellationToken cancellationToken = default)
    {
        if (output.Force || OutputPaths.Of(series, output).Min(StringComparer.Ordinal) is not { } first)
        {
            return null;
        }

        string folder = Path.Combine(output.OutputPath, FolderName);
        string name = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetRelativePath(output.OutputPath, first))), 0, 8).ToLowerInvariant();
        bool isOutputNew = !Directory.Exists(output.OutputPath);
        var claim = new OutputClaim(Open(Path.Combine(folder, name), first), folder, isOutputNew);
        try
        {
            // The other run may have ended between the first look and the lock.
            OutputPaths.RequireFree(series, output, cancellationToken);
            return claim;
        }
        catch
        {
            claim.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Releases the claim and deletes its file, and the folder if no other run has a file there; also the output folder if it is as empty
    /// as the claim made it, because the run failed before its first mask.
    /// </summary>
    public void Dispose()
    {
        _file.Dispose();
        try
        {
            FileChanges.DeleteFolder(_folder);
            if (_isOutputNew && !Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(_folder)!).Any())
            {
                FileChanges.DeleteFolder(Path.GetDirectoryName(_folder)!);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another run uses it.
        }
    }

    private static FileStream Open(string path, string mask)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                FileChanges.CreateFolder(Path.GetDirectoryName(path)!);
                return FileChanges.OpenLock(path, FileOptions.DeleteOnClose);
            }
            catch (IOException) when (tries < MaxTries && !File.Exists(path))
            {
                // A run that has just ended has deleted the file or the folder.
            }
            catch (IOException e) when (File.Exists(path))
            {
                throw new MedSegException(ErrorKind.AlreadyExists, ErrorIds.FileExists, $"{mask}: Another segmentation of the same images is writing this file.", mask, e)
                {
                    Advice = "Wait until it ends, or use another -OutputPath.",
                };
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw AtomicFile.Failure(mask, e);
            }
        }
    }
}
