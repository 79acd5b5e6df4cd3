using System.Text;
using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("medseg-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("x.txt")]
    [InlineData("folder/x.txt")]
    [InlineData("./x.txt")]
    public void A_relative_path_is_refused_before_anything_is_written(string path)
    {
        bool isCalled = false;

        ArgumentException error = Assert.Throws<ArgumentException>(nameof(path), () => AtomicFile.Write(path, _ => isCalled = true));

        Assert.StartsWith($"The path must be absolute, but is '{path}'.", error.Message, StringComparison.Ordinal);
        Assert.False(isCalled);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_file_is_replaced_and_its_folder_is_created()
    {
        string path = Path.Combine(_folder.FullName, "new", "x.txt");
        AtomicFile.Write(path, stream => stream.Write("first, and longer"u8));
        AtomicFile.Write(path, stream => stream.Write("second"u8));

        Assert.Equal("second", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void A_failed_write_keeps_the_old_file_and_leaves_nothing_else()
    {
        string path = Path.Combine(_folder.FullName, "x.txt");
        File.WriteAllText(path, "old");

        MedSegException error = Assert.Throws<MedSegException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write(Encoding.ASCII.GetBytes("new"));
            throw new IOException("The disk is full.");
        }));

        Assert.Equal((ErrorKind.WriteFailed, "WriteFailed"), (error.Kind, error.ErrorId));
        Assert.Equal($"{path}: The file could not be written: The disk is full.", error.Finding);
        Assert.Contains("write access", error.Advice, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder.FullName));
    }
}
