using System.Globalization;
using MedSeg.Data;
using MedSeg.Data.Caching;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Imaging;
using MedSeg.Threading;
using Microsoft.Win32.SafeHandles;

namespace MedSeg.Tests.Data.Caching;

/// <summary>The cache file itself: what is damaged, and who writes it at the same time.</summary>
public sealed class CacheFileTests : IDisposable
{
    private readonly SmallSet _set = new(pairs: 4);

    public void Dispose() => _set.Dispose();

    [Fact]
    public void Checksum_is_CRC_32C()
    {
        // RFC 3720, appendix B.4.
        Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));
        Assert.Equal(0x46DD794Eu, Crc32C.Compute([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
        Assert.Equal(Crc32C.Compute("123456789"u8), Crc32C.Compute("789"u8, Crc32C.Compute("123456"u8)));
        Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));
    }

    [Fact]
    public void File_truncated_anywhere_is_rebuilt()
    {
        _set.Import();
        byte[] whole = File.ReadAllBytes(_set.CacheFile);
        string path = _set.CacheFile;
        int[] lengths = [0, 1, 8, 12, 100, 127, 128, 129, 151, 152, 153, 5252, whole.Length / 2, whole.Length - 25, whole.Length - 24, whole.Length - 23, whole.Length - 1];
        foreach (int length in lengths)
        {
            File.WriteAllBytes(path, whole[..length]);

            Dataset dataset = _set.Import();

            Assert.Equal(4, dataset.Cache!.Decoded);
            Assert.Contains(dataset.Cache.Notes, note => note.StartsWith(path, StringComparison.Ordinal) && note.Contains("is truncated; it is rebuilt", StringComparison.Ordinal));
            Assert.Equal((4, 0), _set.ImportAndCompare());
        }
    }

    [Fact]
    public void Changed_byte_of_header_index_or_footer_is_noticed_by_the_next_import()
    {
        _set.Import();
        string path = _set.CacheFile;
        byte[] whole = File.ReadAllBytes(path);
        int index = (int)BitConverter.ToInt64(whole, whole.Length - 24);
        int[] places = [0, 8, 12, 16, 47, 48, 60, 127, .. Enumerable.Range(0, 8).Select(i => index + (i * (whole.Length - index) / 8)), whole.Length - 24, whole.Length - 16, whole.Length - 8, whole.Length - 1];
        foreach (int place in places)
        {
            byte[] changed = [.. whole];
            changed[place] ^= 0x20;
            File.WriteAllBytes(path, changed);

            Dataset dataset = _set.Import();

            Assert.True(dataset.Cache!.Decoded == 4, place.ToString(CultureInfo.InvariantCulture));
            Assert.Contains(dataset.Cache.Notes, note => note.Contains("it is rebuilt", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void File_of_another_version_is_rebuilt()
    {
        _set.Import();
        ChangeHeader(header => header[8]++);

        Assert.Contains(_set.Import().Cache!.Notes, note => note.Contains($"another version of MedSeg (format {CacheFileHeader.Version + 1}, expected {CacheFileHeader.Version}", StringComparison.Ordinal));
        Assert.Equal((4, 0), _set.ImportAndCompare());
    }

    [Fact]
    public void File_of_other_settings_under_this_name_is_rebuilt()
    {
        _set.Import();
        string path = _set.CacheFile;
        _set.Import(_set.Options(DatasetCache.Disk) with { Normalization = Normalization.ZScore });
        File.Move(Directory.GetFiles(_set.CacheFolder).Single(other => other != path), path, overwrite: true);

        Assert.Contains(_set.Import().Cache!.Notes, note => note.Contains("was made with other settings; it is rebuilt", StringComparison.Ordinal));
        Assert.Equal((4, 0), _set.ImportAndCompare());
    }

    [Fact]
    public void Damaged_slice_is_an_error_that_names_the_file_when_it_is_read()
    {
        _set.Import();
        string path = _set.CacheFile;
        Dataset dataset = _set.Import();
        _set.Damage(1000);

        MedSegException[] errors = [.. dataset.Samples.Select(s => Record.Exception(() => s.Pixels!.Open())).OfType<MedSegException>()];

        Assert.Equal("CacheDamaged", Assert.Single(errors).ErrorId);
        Assert.StartsWith(path, errors[0].Message, StringComparison.Ordinal);
        Assert.Contains("Delete the file", errors[0].Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void File_names_no_folder_and_only_the_user_can_read_it()
    {
        // A pair with a problem, whose message names the files.
        File.WriteAllBytes(_set.MaskPath("s00"), File.ReadAllBytes(_set.MaskPath("s00"))[..^10]);
        _set.WriteMask("s01", seed: 1, DateTime.UtcNow, rois: 9);
        _set.Import(_set.Options(DatasetCache.Disk, ["a", "b"]));

        byte[] content = File.ReadAllBytes(_set.CacheFile);

        Assert.True(content.AsSpan().IndexOf("s02.dcm"u8) > 0);
        Assert.Equal(-1, content.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(_set.Root)));
        Assert.Equal(-1, content.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(_set.Root))));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_set.CacheFile));
        }

        _set.ImportAndCompare(["a", "b"]);
    }

    [Fact]
    public void Slices_that_were_found_damaged_are_decoded_again_by_the_next_import()
    {
        _set.Import();
        string path = _set.CacheFile;
        Dataset dataset = _set.Import();
        _set.Damage(1000);
        Assert.Contains(dataset.Samples, s => Record.Exception(() => s.Pixels!.Open()) is MedSegException { ErrorId: "CacheDamaged" });

        Dataset again = _set.Import();

        Assert.Equal((3, 1), (again.Cache!.Taken, again.Cache.Decoded));
        Assert.Contains(again.Cache.Notes, note => note.EndsWith("is decoded again.", StringComparison.Ordinal));
        SmallSet.AssertSame(_set.Import(DatasetCache.Memory), again);
        Assert.Equal((4, 0), _set.ImportAndCompare());
        Assert.Equal([path], Directory.GetFiles(_set.CacheFolder));
    }

    [Fact]
    public void Damaged_mask_is_an_error_when_it_is_read()
    {
        _set.Import();
        Dataset dataset = _set.Import();
        byte[] whole = File.ReadAllBytes(_set.CacheFile);
        byte[] truth = dataset.Samples[0].Pixels!.ReadTruth().Bytes.ToArray();
        _set.Damage(whole.AsSpan().IndexOf(truth) + (truth.Length / 2));

        Assert.Equal("CacheDamaged", Assert.Throws<MedSegException>(() => dataset.Samples[0].Pixels!.ReadTruth()).ErrorId);
        dataset.Samples[0].Pixels!.Open().Dispose();
    }

    [Fact]
    public void Damaged_slice_is_decoded_again_when_the_cache_is_renewed()
    {
        _set.Import();
        _set.Damage(1000);

        _set.Add("s04", 4);

        Assert.Equal((3, 2), _set.ImportAndCompare());
        Assert.Equal((5, 0), _set.ImportAndCompare());
    }

    [Fact]
    public void File_truncated_under_a_data_set_is_an_error_when_it_is_read()
    {
        _set.Import();
        Dataset dataset = _set.Import();
        using (SafeFileHandle handle = File.OpenHandle(_set.CacheFile, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            RandomAccess.SetLength(handle, 200);
        }

        MedSegException error = Assert.Throws<MedSegException>(() => dataset.Samples[0].Pixels!.Open());

        Assert.Equal("CacheDamaged", error.ErrorId);
        Assert.Contains("truncated", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_set_stays_whole_when_its_file_is_replaced_or_deleted()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not let go of a file that is open.");
        Dataset first = _set.Import();
        Dataset second = _set.Import();
        _set.WriteMask("s00", seed: 9, DateTime.UtcNow.AddMinutes(-30));
        Dataset third = _set.Import();
        File.Delete(_set.CacheFile);

        SmallSet.AssertSame(first, second);
        SmallSet.AssertSame(_set.Import(DatasetCache.Memory), third);
        Assert.NotEqual(first.Samples[0].Roi(), third.Samples[0].Roi());
    }

    [Fact]
    public void Arrays_of_a_slice_are_used_again_after_its_lease_only()
    {
        Dataset dataset = _set.Import();
        RentedSlice first = dataset.Samples[0].Pixels!.Open();
        RentedSlice second = dataset.Samples[1].Pixels!.Open();
        Assert.NotSame(first.Image, second.Image);
        float[] image = first.Image;
        first.Dispose();
        first.Dispose();

        using RentedSlice third = dataset.Samples[2].Pixels!.Open();
        using RentedSlice fourth = dataset.Samples[3].Pixels!.Open();

        Assert.Same(image, third.Image);
        Assert.NotSame(image, fourth.Image);
        Assert.Equal(SmallSet.Side * SmallSet.Side, third.Image.Length);
        second.Dispose();
    }

    [Fact]
    public async Task Imports_at_the_same_time_all_succeed_and_leave_one_whole_file()
    {
        Dataset expected = _set.Import(DatasetCache.Memory);

        Dataset[] datasets = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _set.Import())));

        Assert.All(datasets, dataset => SmallSet.AssertSame(expected, dataset));
        Assert.EndsWith(".slices", _set.CacheFile, StringComparison.Ordinal);
        Assert.Equal((4, 0), _set.ImportAndCompare());
    }

    [Fact]
    public void Import_that_is_stopped_leaves_the_old_file_and_no_other()
    {
        _set.Import();
        byte[] before = File.ReadAllBytes(_set.CacheFile);
        _set.WriteMask("s00", seed: 9, DateTime.UtcNow.AddMinutes(-30));
        using var stop = new CancellationTokenSource();

        Assert.ThrowsAny<OperationCanceledException>(() => DatasetImporter.Import(_set.Options(DatasetCache.Disk), _set.Salt, new EngineEvents { Progress = Stop }, stop.Token));

        Assert.Equal(before, File.ReadAllBytes(_set.CacheFile));

        // Once pairs are decoded.
        void Stop(WorkProgress progress)
        {
            if (progress.Stage is null)
            {
                stop.Cancel();
            }
        }
    }

    [Fact]
    public void Left_over_files_are_deleted_when_they_are_old_and_not_open()
    {
        _set.Import();
        string path = _set.CacheFile;
        string[] names = [.. ((string[])["old", "held", "new"]).Select(name => $"{path}.1-{name}.partial")];
        foreach (string name in names)
        {
            File.WriteAllText(name, "half");
            File.SetLastWriteTimeUtc(name, name == names[2] ? DateTime.UtcNow : DateTime.UtcNow.AddHours(-1));
        }

        using (File.Open(names[1], FileMode.Open, FileAccess.Read, FileShare.Read))
        {
            _set.Import();
        }

        Assert.Equal([path, names[1], names[2]], Directory.GetFiles(_set.CacheFolder).Order());
    }

    [Fact]
    public void File_that_cannot_replace_the_old_one_is_deleted_with_its_data_set()
    {
        _set.Import();
        string path = _set.CacheFile;
        File.Delete(path);
        Directory.CreateDirectory(path);

        Dataset dataset = _set.Import();

        SmallSet.AssertSame(_set.Import(DatasetCache.Memory), dataset);
        Assert.Contains(dataset.Cache!.Notes, note => note.Contains("cannot replace the old one", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFiles(_set.CacheFolder));
    }

    [Fact]
    public void Folder_that_cannot_be_written_is_one_error_that_says_what_to_do()
    {
        File.WriteAllText(_set.CacheFolder, "a file where the folder is to be");

        MedSegException error = Assert.Throws<MedSegException>(() => _set.Import());

        Assert.Equal(("CacheNotWritable", ErrorKind.WriteFailed), (error.ErrorId, error.Kind));
        Assert.Contains("-CachePath", error.Advice, StringComparison.Ordinal);
    }

    private void ChangeHeader(Action<byte[]> change)
    {
        byte[] bytes = File.ReadAllBytes(_set.CacheFile);
        change(bytes);
        BitConverter.TryWriteBytes(bytes.AsSpan(CacheFileHeader.Length - 4), Crc32C.Compute(bytes.AsSpan(0, CacheFileHeader.Length - 4)));
        File.WriteAllBytes(_set.CacheFile, bytes);
    }
}
