using System.Security.Cryptography;

namespace MedSeg.Data.Caching;

/// <summary>What tells whether a file is the one that was decoded.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="IsImage">Whether it is an image, not a mask.</param>
/// <param name="Length">The bytes of the file.</param>
/// <param name="Time">When it was written last, in ticks of UTC.</param>
/// <param name="Hash">The SHA-256 of its content, in hexadecimal digits.</param>
/// <param name="IsFresh">
/// Whether it was written so shortly before it was read that it may have been written again without another time: then
/// only its content tells. Clocks of file systems count in steps of up to 2 s.
/// </param>
internal sealed record FileStamp(string Path, bool IsImage, long Length, long Time, string Hash, bool IsFresh)
{
    private static readonly TimeSpan s_clockStep = TimeSpan.FromSeconds(2);

    /// <summary>Takes the stamp of a file, reading all of it.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="isImage">Whether it is an image, not a mask.</param>
    /// <param name="started">When the import began.</param>
    /// <returns>The stamp; null where the file cannot be read, or changed meanwhile.</returns>
    public static FileStamp? Take(string path, bool isImage, DateTime started)
    {
        try
        {
            (long length, long time) = Look(path);
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
            string hash = Convert.ToHexString(SHA256.HashData(stream));
            return Look(path) == (length, time) ? new FileStamp(path, isImage, length, time, hash, time >= (started - s_clockStep).Ticks) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Says whether length and time alone tell that the file is the same.</summary>
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

    /// <summary>Says whether the file is still as the stamp was taken, after it was decoded.</summary>
    /// <param name="started">When the import began.</param>
    public bool StillHolds(DateTime started) => IsFresh ? Take(Path, IsImage, started) == this : IsSurelyUnchanged();

    private static (long Length, long Time) Look(string path)
    {
        var file = new FileInfo(path);
        return (file.Length, file.LastWriteTimeUtc.Ticks);
    }
}
