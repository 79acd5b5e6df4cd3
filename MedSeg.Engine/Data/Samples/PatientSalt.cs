using System.Security.Cryptography;
using System.Text;
using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Data.Samples;

/// <summary>
/// The salts of patient hashes. The user's salt is stored in the user's application data, so the hashes in a cache are the same in later
/// sessions. What users see is hashed again with a salt of the session, so it can be compared within a session but never traced
/// afterwards.
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

    /// <summary>Initializes a new instance of the <see cref="PatientSalt"/> class: with the user's salt if there is one, otherwise with a new one that is not saved yet.</summary>
    /// <param name="path">The absolute path of the user's salt; null if the user has no folder for application data.</param>
    public PatientSalt(string? path)
    {
        _path = path;
        byte[]? saved = Read();
        IsKept = saved is not null;
        _user = saved ?? RandomNumberGenerator.GetBytes(Length);
    }

    /// <summary>Gets the salts of this session, which all imports share.</summary>
    public static PatientSalt Session => s_session.Value;

    /// <summary>Gets a value indicating whether later sessions will have the same salt.</summary>
    public bool IsKept { get; private set; }

    /// <summary>Gets a fingerprint of the user's salt that does not reveal it, 8 bytes.</summary>
    public byte[] Fingerprint => SHA256.HashData([.. "MedSeg patient salt"u8, .. _user])[..8];

    /// <summary>Saves the salt for later sessions, if the user has a folder for it and none is saved there yet.</summary>
    public void Keep()
    {
        if (IsKept || _path is null)
        {
            return;
        }

        try
        {
            // Another process may have been faster: its salt stays, because caches may already depend on it.
            _ = AtomicFile.Write(_path, stream => stream.Write(_user), replace: false, userOnly: true);
        }
        catch (MedSegException)
        {
            // Then the salt is that of the other process, or is not used after this session.
        }

        IsKept = Read() is { } saved && saved.AsSpan().SequenceEqual(_user);
    }

    /// <summary>Hashes a patient with the user's salt, for a cache.</summary>
    /// <param name="identity">The identity of the patient in the DICOM file; null if it has none.</param>
    /// <returns>16 hexadecimal digits.</returns>
    public string Hide(string? identity) => Hash(_user, identity ?? string.Empty, 8);

    /// <summary>Hashes what <see cref="Hide"/> returned with the salt of the session, for users.</summary>
    /// <param name="hidden">The hash of <see cref="Hide"/>, or <see cref="Unknown"/>.</param>
    /// <returns>8 hexadecimal digits, or <see cref="Unknown"/>.</returns>
    public string ForSession(string hidden) => hidden == Unknown ? Unknown : Hash(_session, hidden, 4);

    private static string? UserPath()
    {
        string folder = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return folder.Length == 0 ? null : Path.Combine(folder, "MedSeg", "patient-salt");
    }

    private static string Hash(byte[] salt, string text, int bytes) =>
        Convert.ToHexString(SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(text)]), 0, bytes);

    private byte[]? Read()
    {
        try
        {
            return _path is not null && FileContent.ReadShared(_path) is { Length: Length } saved ? saved : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
