using System.Security.Cryptography;
using System.Text;

namespace MedSeg.Tests.Durability;

/// <summary>What can be on a disk after a crash.</summary>
/// <param name="What">Which kind of crash, and how the file system behaved.</param>
/// <param name="Files">The content by path; null for folders.</param>
internal sealed record DiskState(string What, IReadOnlyDictionary<string, byte[]?> Files)
{
    /// <summary>Gets a fingerprint: different crashes often leave the same.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string path, byte[]? content) in Files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{path}\0{content?.Length ?? -1}\0"));
            hash.AppendData(content ?? []);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Writes the files.</summary>
    /// <param name="from">The folder in the paths.</param>
    /// <param name="to">The folder to write to, which must be empty.</param>
    public void Restore(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach ((string path, byte[]? content) in Files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, path));
            if (content is null)
            {
                Directory.CreateDirectory(target);
            }
            else if (Directory.Exists(Path.GetDirectoryName(target)))
            {
                File.WriteAllBytes(target, content);
            }
        }
    }
}
