using System.Security.Cryptography;
using MedSeg.Files;

namespace MedSeg.Data.Caching;

/// <summary>The state of a file when it was decoded, to recognise later whether it has changed.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="IsImage">Whether it is an image; otherwise it is a mask.</param>
/// <param name="Length">The length of the file in bytes.</param>
/// <param name="Time">When it was last written, in ticks of UTC.</param>
/// <param name="Hash">The SHA-256 of its content, in hexadecimal.</param>
/// <param name="IsFresh">
/// Whether it was written so shortly before it was read that a later change may not have changed its time: then the content has to be
/// compared. The times of file systems have a resolution of up to 2 s.
/// </param>
internal sealed record FileStamp(string Path, bool IsImage, long Length, long Time, string Hash, bool IsFresh)
{
    private static readonly TimeSpan s_timeResolution = TimeSpan.FromSeconds(2);

    /// <summary>Takes the stamp of a file, which reads the whole file.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="isImage">Whether it is an image; otherwise it is a mask.</param>
    /// <param name="started">When the import began.</param>
    /// <returns>The stamp; null if the file cannot be read, or changed meanwhile.</returns>
    public static FileStamp? Take(string path, bool isImage, DateTime started)
    {
        try
        {
            (long length, long time) = Look(path);
            using Stream stream = length == 0 ? Stream.Null : FileContent.OpenRead(path);
            string hash = Convert.ToHexString(SHA256.HashData(stream));
            return Look(path) == (length, time) ? new FileStamp(path, isImage, length, time, hash, time >= (started - s_timeResolution).Ticks) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Returns whether length and time suffice to know that the file is unchanged.</summary>
    public bool IsSurelyUnchanged()
    {
        try
        {
            return !IsFresh && Look(Path) == (Length, Time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Returns whether the file is still as it was when the stamp was taken.</summary>
    /// <param name="started">When the import began.</param>
    public bool StillHolds(DateTime started) => IsFresh ? Take(Path, IsImage, started) == this : IsSurelyUnchanged();

    private static (long Length, long Time) Look(string path)
    {
        var file = new FileInfo(path);
        return (file.Length, file.LastWriteTimeUtc.Ticks);
    }
}
