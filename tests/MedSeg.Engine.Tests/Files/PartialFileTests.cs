using System.Diagnostics;
using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Tests.Files;

/// <summary>Files that are being written, and what is left of them when a process ends.</summary>
public sealed class PartialFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Only_files_of_the_whole_name_are_left_over()
    {
        string own = Left("spine.safetensors", EndedProcess());
        string[] others = [Left("spine.v2.safetensors", EndedProcess()), Left("spine.safetensors.old", EndedProcess()), Left("spin", EndedProcess())];

        PartialFile.DeleteLeftOvers(PathOf("spine.safetensors"));

        Assert.False(File.Exists(own));
        Assert.All(others, path => Assert.True(File.Exists(path), path));
    }

    [Fact]
    public void Files_of_living_processes_stay_until_they_are_old()
    {
        using Process living = Process.Start(new ProcessStartInfo("sleep", "60"))!;
        try
        {
            string young = Left("m", living.Id);
            string old = Left("m", living.Id, minutes: 11);
            string open = Left("m", EndedProcess());
            using (File.Open(open, FileMode.Open, FileAccess.Write, FileShare.None))
            {
                PartialFile.DeleteLeftOvers(PathOf("m"));
            }

            Assert.Equal(((string[])[open, young]).Order(), Directory.GetFiles(_folder).Order());
            Assert.False(File.Exists(old));
        }
        finally
        {
            living.Kill();
        }
    }

    [Fact]
    public void Files_of_another_machine_stay_until_they_are_old()
    {
        string token = Path.GetFileName(PartialFile.NameFor(PathOf("m"))).Split('.')[1];
        string other = (token[0] == '0' ? '1' : '0') + token[1..8];
        string young = Left("m", EndedProcess(), machine: other);
        string old = Left("m", EndedProcess(), machine: other, minutes: 11);
        string earlierBuild = Left("m", EndedProcess(), machine: string.Empty);

        PartialFile.DeleteLeftOvers(PathOf("m"));

        Assert.Equal(((string[])[young, earlierBuild]).Order(), Directory.GetFiles(_folder).Order());
        Assert.False(File.Exists(old));
    }

    [Fact]
    public void Name_shows_no_machine_and_no_user()
    {
        string name = PartialFile.NameFor(PathOf("m"));

        Assert.DoesNotContain(Environment.MachineName, Path.GetFileName(name), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Environment.UserName, Path.GetFileName(name), StringComparison.OrdinalIgnoreCase);
        Assert.NotEqual(name, PartialFile.NameFor(PathOf("m")));
    }

    [Fact]
    public void File_that_has_appeared_meanwhile_is_not_replaced_and_nothing_is_left()
    {
        string path = PathOf("x.png");

        MedSegException error = Assert.Throws<MedSegException>(() => AtomicFile.Write(
            path,
            stream =>
            {
                File.WriteAllText(path, "another's");
                stream.Write("ours"u8);
            },
            replace: false));

        Assert.Equal("FileExists", error.ErrorId);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Equal("another's", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Of_many_writers_of_a_new_file_one_wins()
    {
        for (int round = 0; round < 50; round++)
        {
            string path = PathOf($"x{round}");
            using var start = new Barrier(4);
            string?[] written = new string?[4];
            Thread[] threads = [.. Enumerable.Range(0, 4).Select(i => new Thread(() =>
            {
                try
                {
                    AtomicFile.Write(path, stream => { stream.WriteByte((byte)('a' + i)); start.SignalAndWait(); }, replace: false);
                    written[i] = ((char)('a' + i)).ToString();
                }
                catch (MedSegException e) when (e.ErrorId == "FileExists")
                {
                    written[i] = null;
                }
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());

            Assert.Equal(Assert.Single(written, text => text is not null), File.ReadAllText(path));
        }
    }

    private static int EndedProcess()
    {
        using Process ended = Process.Start(new ProcessStartInfo("dotnet", "--version") { RedirectStandardOutput = true })!;
        ended.WaitForExit();
        return ended.Id;
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private string Left(string name, int process, int minutes = 0, string? machine = null)
    {
        string[] token = Path.GetFileName(PartialFile.NameFor(PathOf("m"))).Split('.')[1].Split('-');
        string path = PathOf($"{name}.{(machine ?? token[0]) + (machine?.Length == 0 ? "" : "-")}{process}-{Guid.NewGuid():N}.partial");
        File.WriteAllText(path, "half");
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-minutes));
        return path;
    }
}
