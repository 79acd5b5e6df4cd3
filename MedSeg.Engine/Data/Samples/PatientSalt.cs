using System.Security.Cryptography;
using System.Text;
using MedSeg.Files;

namespace MedSeg.Data.Samples;

/// <summary>
/// The secrets that turn patients into hashes. The user's secret lies in the user's own folder, so that a cache tells the
/// same patients apart in later sessions; what users see is hashed once more, with a secret of the session, so that it can
/// be compared within a session and never traced after it.
/// </summary>
internal sealed class PatientSalt
{
    /// <summary>The patient of a sample whose image could not be read.</summary>
    public const string Unknown = "?";

    private const int Length = 16;
    private static readonly Lazy<PatientSalt> s_session = new(() => new PatientSalt(UserPath()));
    private readonly byte[] _session = RandomNumberGenerator.GetBytes(Length);
    private readonly string? _path;
    private readonly byte[] _user;

    /// <summary>Initializes a new instance of the <see cref="PatientSalt"/> class: the user's secret where there is one, else a new one, which is not kept yet.</summary>
    /// <param name="path">The absolute path of the user's secret; null where the user has no folder of their own.</param>
    public PatientSalt(string? path)
    {
        _path = path;
        byte[]? kept = Read();
        IsKept = kept is not null;
        _user = kept ?? RandomNumberGenerator.GetBytes(Length);
    }

    /// <summary>Gets the secrets of this session, which all imports share.</summary>
    public static PatientSalt Session => s_session.Value;

    /// <summary>Gets a value indicating whether later sessions will have the same secret.</summary>
    public bool IsKept { get; private set; }

    /// <summary>Gets what tells the user's secret from another without giving it away, 8 bytes.</summary>
    public byte[] Fingerprint => SHA256.HashData([.. "MedSeg patient salt"u8, .. _user])[..8];

    /// <summary>Keeps the secret for later sessions, where the user has a folder and none is kept there yet.</summary>
    public void Keep()
    {
        if (IsKept || _path is null)
        {
            return;
        }

        string partial = $"{_path}.{Guid.NewGuid():N}{AtomicFile.PartialSuffix}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var stream = new FileStream(partial, options))
            {
                stream.Write(_user);
                stream.Flush(flushToDisk: true);
            }

            // Another process may have been faster: its secret stays, since caches may depend on it already.
            File.Move(partial, _path, overwrite: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Delete(partial);
        }

        IsKept = Read() is { } kept && kept.AsSpan().SequenceEqual(_user);
    }

    /// <summary>Hides a patient behind the user's secret, for a cache.</summary>
    /// <param name="identity">What the DICOM file says; null where it says nothing.</param>
    /// <returns>16 hexadecimal digits.</returns>
    public string Hide(string? identity) => Hash(_user, identity ?? string.Empty, 8);

    /// <summary>Hides what <see cref="Hide"/> gave behind the session's secret, for users.</summary>
    /// <param name="hidden">The digits, or <see cref="Unknown"/>.</param>
    /// <returns>8 hexadecimal digits, or <see cref="Unknown"/>.</returns>
    public string ForSession(string hidden) => hidden == Unknown ? Unknown : Hash(_session, hidden, 4);

    private static string? UserPath()
    {
        string folder = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return folder.Length == 0 ? null : Path.Combine(folder, "MedSeg", "patient-salt");
    }

    private static string Hash(byte[] salt, string text, int bytes) =>
        Convert.ToHexString(SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(text)]), 0, bytes);

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is not needed, and holds a secret that is not used after this session.
        }
    }

    private byte[]? Read()
    {
        try
        {
            return _path is not null && File.ReadAllBytes(_path) is { Length: Length } kept ? kept : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
