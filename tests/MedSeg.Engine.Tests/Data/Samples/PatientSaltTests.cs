using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Tests.Data.Caching;

namespace MedSeg.Tests.Data.Samples;

/// <summary>The secrets that hide patients, alone and in a cache.</summary>
public sealed class PatientSaltTests : IDisposable
{
    private readonly SmallSet _set = new(pairs: 4);

    private string SaltPath => Path.Combine(_set.Root, "user", "MedSeg", "patient-salt");

    public void Dispose() => _set.Dispose();

    [Fact]
    public void Secret_is_kept_for_the_user_alone_and_only_when_it_is_needed()
    {
        var salt = new PatientSalt(SaltPath);
        Assert.False(File.Exists(SaltPath));

        salt.Keep();

        Assert.True(salt.IsKept);
        Assert.Equal(16, new FileInfo(SaltPath).Length);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(SaltPath)!));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SaltPath));
        }
    }

    [Fact]
    public void Later_session_hides_the_same_patient_in_the_same_way_from_the_cache_and_in_another_from_users()
    {
        var first = new PatientSalt(SaltPath);
        first.Keep();
        var second = new PatientSalt(SaltPath);

        Assert.Equal(first.Hide("A"), second.Hide("A"));
        Assert.NotEqual(first.Hide("A"), second.Hide("B"));
        Assert.NotEqual(first.ForSession(first.Hide("A")), second.ForSession(second.Hide("A")));
        Assert.Equal(first.Fingerprint, second.Fingerprint);
        Assert.Equal("?", first.ForSession("?"));
    }

    [Fact]
    public void Session_that_was_slower_does_not_replace_the_secret_of_another()
    {
        (var slow, var fast) = (new PatientSalt(SaltPath), new PatientSalt(SaltPath));
        fast.Keep();
        slow.Keep();

        Assert.True(fast.IsKept);
        Assert.False(slow.IsKept);
        Assert.Equal(fast.Fingerprint, new PatientSalt(SaltPath).Fingerprint);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(SaltPath)!));
    }

    [Fact]
    public void Patients_are_the_same_with_and_without_a_cache_in_one_session()
    {
        _set.Salt = new PatientSalt(SaltPath);
        Dataset memory = _set.Import(DatasetCache.Memory);
        Dataset disk = _set.Import();
        Dataset again = _set.Import();

        Assert.Equal(2, memory.Patients);
        Assert.Equal(memory.Samples.Select(s => s.Patient), disk.Samples.Select(s => s.Patient));
        Assert.Equal(memory.Samples.Select(s => s.Patient), again.Samples.Select(s => s.Patient));
    }

    [Fact]
    public void Later_session_of_the_same_user_takes_the_cache()
    {
        _set.Salt = new PatientSalt(SaltPath);
        _set.Import();
        _set.Salt = new PatientSalt(SaltPath);

        Assert.Equal((4, 0), _set.ImportAndCompare());
    }

    [Fact]
    public void Cache_of_another_user_is_rebuilt()
    {
        _set.Salt = new PatientSalt(SaltPath);
        _set.Import();
        _set.Salt = new PatientSalt(SaltPath + "-other");

        Dataset dataset = _set.Import();

        Assert.Equal(4, dataset.Cache!.Decoded);
        Assert.Contains(dataset.Cache.Notes, note => note.Contains("secret of another user or of an earlier session", StringComparison.Ordinal));
    }

    [Fact]
    public void Cache_of_a_user_without_a_folder_ends_with_the_session_and_says_so()
    {
        Assert.Contains(_set.Import().Cache!.Notes, note => note.Contains("until this session ends", StringComparison.Ordinal));
        Assert.Equal((4, 0), _set.ImportAndCompare());

        _set.Salt = new PatientSalt(null);
        Assert.Equal((0, 4), _set.ImportAndCompare());
    }
}
