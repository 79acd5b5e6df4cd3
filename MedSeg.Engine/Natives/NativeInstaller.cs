using System.Globalization;
using System.Security.Cryptography;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Threading;

namespace MedSeg.Natives;

/// <summary>Installs the native libraries of a module from a package. The folder gets its name when all of its files are on disk and checked.</summary>
internal sealed class NativeInstaller(NativeFolders folders)
{
    private const long Megabyte = 1_000_000;
    private const long LeastFree = 100 * Megabyte;

    /// <summary>Looks for the libraries, and compares each file with the list.</summary>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Where they are; null if they are not installed, or not complete.</returns>
    public NativeInstallation? Check(CancellationToken cancellationToken) =>
        folders.Find() is { } folder && IsComplete(folder, cancellationToken) ? Describe(folder, NativeStatus.AlreadyInstalled) : null;

    /// <summary>Unpacks a package.</summary>
    /// <param name="path">The absolute path of the package.</param>
    /// <param name="events">Receives the progress, in MB.</param>
    /// <param name="cancellationToken">Stops the work; nothing is left behind.</param>
    /// <returns>Where the libraries are.</returns>
    /// <exception cref="MedSegException">The package cannot be used (see <see cref="NativePackage.Open"/>), or the folder cannot be written (<c>WriteFailed</c>, <c>NativeInUse</c>).</exception>
    public NativeInstallation Install(string path, EngineEvents? events, CancellationToken cancellationToken)
    {
        using var package = NativePackage.Open(path, folders.Target);
        string folder = folders.Choose();
        string parent = Path.GetDirectoryName(folder)!;
        string partial = PartialFile.NameFor(folder);
        try
        {
            FileChanges.CreateFolder(parent);
            DeleteLeftOvers(folder);
            RequireSpace(parent, package.List.Size);
            Unpack(package, partial, events, cancellationToken);
            Publish(partial, folder);
            return Describe(folder, NativeStatus.Installed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Failure(folder, e);
        }
        finally
        {
            DeleteQuietly(partial);
        }
    }

    private static void Unpack(NativePackage package, string partial, EngineEvents? events, CancellationToken cancellationToken)
    {
        FileChanges.CreateFolder(partial);
        long done = 0;
        foreach (NativeFile file in package.List.Files)
        {
            string target = Path.Combine(partial, file.Name);
            FileChanges.CreateFolder(Path.GetDirectoryName(target)!);
            package.Unpack(file, target, Report, cancellationToken);
        }

        // The last file, without which the folder is not used.
        AtomicFile.Write(Path.Combine(partial, NativeFileList.FileName), stream => stream.Write(package.ListContent()));

        void Report(long bytes)
        {
            done += bytes;
            events?.Progress?.Invoke(new WorkProgress(done / Megabyte, package.List.Size / Megabyte));
        }
    }

    private static void Publish(string partial, string folder)
    {
        if (!Directory.Exists(folder))
        {
            try
            {
                FileChanges.RenameFolder(partial, folder);
                return;
            }
            catch (IOException) when (Directory.Exists(folder))
            {
                // Another process was faster. Its folder is complete, but this call may have been to replace it.
            }
        }

        string old = PartialFile.NameFor(folder);
        try
        {
            FileChanges.RenameFolder(folder, old);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MedSegException(ErrorKind.WriteFailed, ErrorIds.NativeInUse, $"{folder}: The native libraries cannot be replaced: {e.Message}", folder, e)
            {
                Advice = "Stop training and close every PowerShell that has used MedSeg. Then run the command in a new one, as the user who installed MedSeg.",
            };
        }

        FileChanges.RenameFolder(partial, folder);
        DeleteQuietly(old);
    }

    private static bool IsComplete(string folder, CancellationToken cancellationToken)
    {
        try
        {
            string listPath = Path.Combine(folder, NativeFileList.FileName);
            foreach (NativeFile file in NativeFileList.Parse(FileContent.Read(listPath, NativeFileList.MaximumBytes), listPath).Files)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using FileStream stream = FileContent.OpenRead(Path.Combine(folder, file.Name));
                if (stream.Length != file.Size || !Convert.ToHexString(SHA256.HashData(stream)).Equals(file.Sha256, StringComparison.OrdinalIgnoreCase))
                {
                    return false;
                }
            }

            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or MedSegException)
        {
            return false;
        }
    }

    private static void RequireSpace(string folder, long length)
    {
        try
        {
            if (new DriveInfo(folder).AvailableFreeSpace - length < LeastFree)
            {
                throw new MedSegException(ErrorKind.WriteFailed, ErrorIds.WriteFailed, string.Create(CultureInfo.InvariantCulture, $"{folder}: The native libraries need {length / Megabyte} MB, which this disk does not have free."), folder)
                {
                    Advice = "Free some space, and run the command again.",
                };
            }
        }
        catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException)
        {
            // The space of a network share, for example, is not known; writing then fails.
        }
    }

    // What a process that was ended has left.
    private static void DeleteLeftOvers(string folder)
    {
        string name = Path.GetFileName(folder);
        foreach (string other in Directory.EnumerateDirectories(Path.GetDirectoryName(folder)!, $"*{AtomicFile.PartialSuffix}"))
        {
            if (PartialFile.IsOf(other, name) && PartialFile.IsOld(other))
            {
                DeleteQuietly(other);
            }
        }
    }

    private static void DeleteQuietly(string folder)
    {
        try
        {
            FileChanges.DeleteTree(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next installation tries again.
        }
    }

    private NativeInstallation Describe(string folder, NativeStatus status) =>
        new() { Path = folder, Version = folders.Target.Version, Runtime = folders.Target.Runtime, Status = status };
}
