using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Tests.Fuzzing;
using MedSeg.Volumes;

namespace MedSeg.Tests.Volumes;

/// <summary>A volume whose voxels are read while slices are asked for has the slices, or the error, of one that is read at once.</summary>
public sealed class VoxelsAheadFuzzTests : IDisposable
{
    private static readonly int s_runs = FuzzTarget.Runs(1000);

    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("*.nii")]
    [InlineData("*.nii.gz")]
    [InlineData("itk*.nrrd")]
    [InlineData("*.mha")]
    public void Mutated_files_are_read_or_refused_as_they_are_at_once(string pattern)
    {
        string path = Path.Combine(_folder, "volume" + pattern[pattern.IndexOf('.', StringComparison.Ordinal)..]);
        byte[][] seeds = [.. Directory.GetFiles(VolumeData.Folder, pattern).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
        var target = new FuzzTarget(path, file => (4 << 20) + (8000L * file.Length), file => Compare(file, path));
        var random = new Random(47);
        int refused = Enumerable.Range(0, s_runs).Count(run => target.IsRefused(FileMutator.Mutate(seeds[run % seeds.Length], seeds[random.Next(seeds.Length)], random), $"run {run}"));

        Assert.InRange(refused, s_runs / 10, s_runs - (s_runs / 100));
    }

    private static void Compare(byte[] file, string path)
    {
        File.WriteAllBytes(path, file);
        FileFormatException? expected = null;
        VoxelVolume? whole = null;
        try
        {
            whole = VolumeFile.Read(path);
        }
        catch (FileFormatException e)
        {
            expected = e;
        }

        try
        {
            VoxelVolume ahead = VolumeFile.OpenAhead(path, CancellationToken.None);
            ahead.Voxels.Complete();
            Assert.Null(expected);
            Assert.Equal(Slices(whole!), Slices(ahead));
        }
        catch (FileFormatException e) when (whole is null)
        {
            Assert.Equal((expected?.ErrorId, expected?.Message), (e.ErrorId, e.Message));
            throw;
        }
    }

    private static float[][] Slices(VoxelVolume voxels)
    {
        var volume = ImageVolume.Of(voxels, SliceAxis.Auto);
        return [.. Enumerable.Range(0, volume.Slices.Count).Select(slice => volume.Read(slice).Pixels)];
    }
}
