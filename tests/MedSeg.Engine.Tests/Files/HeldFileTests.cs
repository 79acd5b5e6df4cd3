using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Threading;

namespace MedSeg.Tests.Files;

/// <summary>Files that other programs have open, and network shares that are away: the errors are those of Windows, put in place of the calls.</summary>
public sealed class HeldFileTests : IDisposable
{
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int BadNetworkPath = unchecked((int)0x80070035);
    private const int DiskFull = unchecked((int)0x80070070);

    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;
    private readonly ImmediateClock _clock = new();
    private readonly List<string> _warnings = [];

    public HeldFileTests() => FileRetry.Current = new FileRetry(_clock, TimeSpan.FromSeconds(120));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(SharingViolation)]
    [InlineData(unchecked((int)0x80070021))]
    [InlineData(unchecked((int)0x800704C8))]
    [InlineData(0)]
    public void File_that_is_held_for_a_moment_is_replaced(int error)
    {
        string path = Existing("m.safetensors");
        Fail(FileChange.Rename, 3, error == 0 ? new UnauthorizedAccessException() : new IOException("held", error));

        AtomicFile.Write(path, stream => stream.Write("new"u8));

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder));
        Assert.Equal(TimeSpan.FromMilliseconds(50 + 100 + 200), _clock.Waited);
    }

    [Theory]
    [InlineData("m.safetensors", "Another program, such as a virus scanner, a backup or a viewer, has the file open")]
    [InlineData("areas.csv", "A program such as Excel has the file open")]
    public void File_that_stays_held_is_an_error_that_names_who_may_hold_it(string name, string who)
    {
        string path = Existing(name);
        Fail(FileChange.Rename, int.MaxValue, new IOException("held", SharingViolation));

        MedSegException error = Assert.Throws<MedSegException>(() => AtomicFile.Write(path, stream => stream.Write("new"u8)));

        Assert.Equal("FileInUse", error.ErrorId);
        Assert.StartsWith($"{path}: {who}", error.Finding, StringComparison.Ordinal);
        Assert.Equal("Close the program and run the command again, or use a new name, which works at once.", error.Advice);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder));
        Assert.InRange(_clock.Waited, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Numbered_file_is_written_next_to_one_that_stays_held_and_the_next_time_the_file_itself()
    {
        string path = Existing("areas.csv");
        File.WriteAllText(Path.Combine(_folder, "areas (2).csv"), "of the user");
        Fail(FileChange.Rename, int.MaxValue, new IOException("held", SharingViolation), path);

        string first = AtomicFile.WriteOrNumber(path, stream => stream.Write("new"u8), new EngineEvents { Warning = _warnings.Add });
        FileChanges.Before.Value = null;
        string second = AtomicFile.WriteOrNumber(path, stream => stream.Write("newer"u8), new EngineEvents { Warning = _warnings.Add });

        Assert.Equal((Path.Combine(_folder, "areas (3).csv"), path), (first, second));
        Assert.Equal($"{path}: A program such as Excel has the file open, so areas (3).csv was written next to it. Close that program, and rename the file if you like.", Assert.Single(_warnings));
        Assert.Equal(["new", "of the user", "newer"], ((string[])["areas (3).csv", "areas (2).csv", "areas.csv"]).Select(name => File.ReadAllText(Path.Combine(_folder, name))));
        Assert.Equal(3, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void File_that_is_write_protected_is_called_that_and_gets_a_numbered_one()
    {
        string path = Existing("areas.csv");
        File.SetAttributes(path, FileAttributes.ReadOnly);
        Fail(FileChange.Rename, int.MaxValue, new UnauthorizedAccessException("denied"), path);

        MedSegException error = Assert.Throws<MedSegException>(() => AtomicFile.Write(path, stream => stream.Write("new"u8)));
        string numbered = AtomicFile.WriteOrNumber(path, stream => stream.Write("new"u8), new EngineEvents { Warning = _warnings.Add });
        File.SetAttributes(path, FileAttributes.Normal);

        Assert.Equal(("FileInUse", $"{path}: The file is write-protected (its attribute 'Read-only' is set)."), (error.ErrorId, error.Finding));
        Assert.Contains("Clear the attribute", error.Advice, StringComparison.Ordinal);
        Assert.Equal("new", File.ReadAllText(numbered));
        Assert.Equal($"{path}: The file is write-protected, so areas (2).csv was written next to it.", Assert.Single(_warnings));
    }

    [Fact]
    public void File_that_stays_held_is_waited_for_once()
    {
        string path = Existing("m.run.json");
        Fail(FileChange.Rename, int.MaxValue, new IOException("held", SharingViolation));
        Assert.Throws<MedSegException>(() => AtomicFile.Write(path, _ => { }));
        TimeSpan first = _clock.Waited;

        Assert.Throws<MedSegException>(() => AtomicFile.Write(path, _ => { }));

        Assert.Equal(TimeSpan.FromMilliseconds(50), _clock.Waited - first);
    }

    [Fact]
    public void Full_disk_is_not_waited_for()
    {
        Fail(FileChange.Open, 1, new IOException("full", DiskFull));

        MedSegException error = Assert.Throws<MedSegException>(() => AtomicFile.Write(Path.Combine(_folder, "a"), _ => { }));

        Assert.Equal(("WriteFailed", TimeSpan.Zero), (error.ErrorId, _clock.Waited));
        Assert.Contains("disk is not full", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Network_share_may_be_away_for_a_minute()
    {
        string path = Path.Combine(_folder, "a");
        Fail(FileChange.Open, 10, new IOException("away", BadNetworkPath));
        int written = 0;

        AtomicFile.Write(path, stream =>
        {
            // The share vanishes in the middle of the file as well.
            stream.Write("new"u8);
            if (++written == 1)
            {
                throw new IOException("away", BadNetworkPath);
            }
        });

        Assert.Equal("new", File.ReadAllText(path));
        Assert.InRange(_clock.Waited, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(120));
    }

    [Fact]
    public void Network_share_that_stays_away_is_an_error_that_names_the_variable()
    {
        FileRetry.Current = new FileRetry(_clock, TimeSpan.FromSeconds(5));
        Fail(FileChange.Open, int.MaxValue, new IOException("away", BadNetworkPath));

        MedSegException error = Assert.Throws<MedSegException>(() => AtomicFile.Write(Path.Combine(_folder, "a"), _ => { }));

        Assert.Equal("WriteFailed", error.ErrorId);
        Assert.Contains("MEDSEG_NETWORK_SECONDS", error.Advice, StringComparison.Ordinal);
        Assert.InRange(_clock.Waited, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(8));
    }

    [Fact]
    public void File_that_another_process_has_locked_is_waited_for()
    {
        // .NET's locks hold between processes on every system.
        string path = Existing("log");
        FileStream held = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        FileRetry.Current = new FileRetry(new ReleasingClock(held), TimeSpan.Zero);

        using FileStream opened = FileChanges.Open(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);

        Assert.True(opened.CanWrite);
    }

    [Fact]
    public void Reading_keeps_nobody_from_writing_renaming_or_deleting()
    {
        string path = Existing("a.dcm");
        using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        using (FileStream read = FileContent.OpenRead(path))
        {
            Assert.Equal("old"u8.ToArray(), FileContent.Read(path));
            Assert.Equal("old"u8.ToArray(), FileContent.ReadShared(path));
            File.Move(path, path + "2");
            File.Delete(path + "2");
            Assert.Equal('o', read.ReadByte());
        }
    }

    private string Existing(string name)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, "old");
        return path;
    }

    private static void Fail(FileChange change, int times, Exception error, string? path = null) => FileChanges.Before.Value = (found, where) =>
    {
        if (found == change && (path is null || where == path) && times-- > 0)
        {
            throw error;
        }
    };

    // The other process ends while the file is waited for.
    private sealed class ReleasingClock(FileStream held) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            held.Dispose();
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
