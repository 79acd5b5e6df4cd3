using System.Text;
using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;

namespace MedSeg.Tests.Data.Caching;

/// <summary>Which samples are loaded from the cache, and which are decoded.</summary>
public sealed class DatasetCacheTests : IDisposable
{
    private readonly SmallSet _set = new(pairs: 6);

    public void Dispose() => _set.Dispose();

    [Fact]
    public void Second_import_takes_all_pairs_and_leaves_the_file_alone()
    {
        Assert.Equal((0, 6), _set.ImportAndCompare());
        DateTime written = File.GetLastWriteTimeUtc(_set.CacheFile);
        byte[] before = File.ReadAllBytes(_set.CacheFile);

        Assert.Equal((6, 0), _set.ImportAndCompare());
        Assert.Equal(before, File.ReadAllBytes(_set.CacheFile));
        Assert.Equal(written, File.GetLastWriteTimeUtc(_set.CacheFile));
    }

    [Fact]
    public void Unchanged_files_are_not_read()
    {
        _set.Import();
        foreach (string path in Directory.GetFiles(_set.Root, "s*", SearchOption.AllDirectories))
        {
            // Other content with the same length and time, which only reading the file reveals.
            DateTime time = File.GetLastWriteTimeUtc(path);
            File.WriteAllBytes(path, new byte[new FileInfo(path).Length]);
            File.SetLastWriteTimeUtc(path, time);
        }

        Dataset dataset = _set.Import();

        Assert.Equal((6, 0), (dataset.Cache!.Taken, dataset.Cache.Decoded));
        Assert.Equal(6, dataset.Count);
    }

    [Fact]
    public void Changed_image_and_changed_mask_are_decoded_and_the_rest_is_taken()
    {
        _set.Import();
        _set.WriteImage("s01", seed: 41, DateTime.UtcNow.AddMinutes(-30));
        _set.WriteMask("s03", seed: 9, DateTime.UtcNow.AddMinutes(-30));

        Assert.Equal((4, 2), _set.ImportAndCompare());
        Assert.Equal((6, 0), _set.ImportAndCompare());
    }

    [Fact]
    public void Mask_changed_with_the_same_length_and_time_shortly_after_an_import_is_seen()
    {
        DateTime time = DateTime.UtcNow;
        _set.WriteMask("s02", seed: 2, time);
        _set.Import();
        _set.WriteMask("s02", seed: 7, time);

        Assert.Equal((5, 1), _set.ImportAndCompare());
    }

    [Fact]
    public void Files_with_another_time_and_the_same_content_are_taken_and_remembered()
    {
        _set.Import();
        foreach (string path in Directory.GetFiles(Path.Combine(_set.Root, "labels")))
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-20));
        }

        Dataset dataset = _set.Import();

        Assert.Equal((6, 0), (dataset.Cache!.Taken, dataset.Cache.Decoded));
        Assert.Contains(dataset.Cache.Notes, note => note.Contains("the content of 6 was compared", StringComparison.Ordinal));
        Assert.DoesNotContain(_set.Import().Cache!.Notes, note => note.Contains("was compared", StringComparison.Ordinal));
    }

    [Fact]
    public void Added_and_removed_pairs_are_followed()
    {
        _set.Import();
        _set.Add("s06", 6);
        File.Delete(_set.ImagePath("s00"));
        File.Delete(_set.MaskPath("s00"));

        Assert.Equal((5, 1), _set.ImportAndCompare());

        File.Delete(_set.MaskPath("s01"));
        Dataset dataset = _set.Import();
        Assert.Equal("LabelMissing", Assert.Single(dataset.Problems).Code);
        Assert.Equal(5, dataset.Count);
    }

    [Fact]
    public void Space_of_pairs_that_are_gone_is_freed()
    {
        _set.Import();
        long before = new FileInfo(_set.CacheFile).Length;
        foreach (string name in (string[])["s00", "s01", "s02"])
        {
            File.Delete(_set.ImagePath(name));
            File.Delete(_set.MaskPath(name));
        }

        Assert.Equal((3, 0), _set.ImportAndCompare());
        Assert.InRange(new FileInfo(_set.CacheFile).Length, 1, (before / 2) + 1000);
    }

    [Fact]
    public void Number_of_ROIs_is_that_of_the_whole_set_with_cached_and_new_masks()
    {
        Assert.Equal(2, _set.Import().LabelNames.Count);
        _set.WriteMask("s04", seed: 4, DateTime.UtcNow.AddMinutes(-30), rois: 5);

        Assert.Equal((5, 1), _set.ImportAndCompare());
        Assert.Equal(5, _set.Import().LabelNames.Count);
        Assert.All(_set.Import().Samples, sample => Assert.Equal(6, sample.RoiPixels.Count));

        File.Delete(_set.MaskPath("s04"));
        File.Delete(_set.ImagePath("s04"));
        Assert.Equal((5, 0), _set.ImportAndCompare());
        Assert.Equal(2, _set.Import().LabelNames.Count);
    }

    [Fact]
    public void Mask_that_cannot_be_judged_without_the_number_of_ROIs_is_decoded_again_when_that_changes()
    {
        WriteJpeg("s05");
        Assert.Equal((0, 6), _set.ImportAndCompare(jpegStep: 100));
        Assert.Equal((6, 0), _set.ImportAndCompare(jpegStep: 100));

        _set.WriteMask("s04", seed: 4, DateTime.UtcNow.AddMinutes(-30), rois: 3);

        Assert.Equal((4, 2), _set.ImportAndCompare(jpegStep: 100));
        Assert.Equal((6, 0), _set.ImportAndCompare(jpegStep: 100));
    }

    [Fact]
    public void Pair_that_cannot_be_used_is_reported_by_each_import()
    {
        File.WriteAllText(_set.MaskPath("s02"), "no array");

        Assert.Equal((0, 6), _set.ImportAndCompare());
        Assert.Equal((5, 1), _set.ImportAndCompare());
    }

    [Theory]
    [InlineData("size")]
    [InlineData("names")]
    [InlineData("values")]
    [InlineData("segments")]
    [InlineData("colors")]
    [InlineData("normalization")]
    [InlineData("resize")]
    [InlineData("pixel size")]
    [InlineData("labels")]
    [InlineData("step")]
    [InlineData("ignored")]
    [InlineData("slice axis")]
    [InlineData("spacing")]
    [InlineData("pairs")]
    [InlineData("patients")]
    [InlineData("recurse")]
    public void Other_settings_have_a_cache_of_their_own(string setting)
    {
        DatasetOptions options = _set.Options(DatasetCache.Disk, ["One", "Two"]);
        _set.Import(options);
        DatasetOptions other = setting switch
        {
            "size" => options with { InputSize = 16 },
            "names" => options with { LabelNames = ["One", "Two", "Three"] },
            "values" => options with { LabelMap = new LabelMapping { Values = new Dictionary<float, int> { [2] = 1 } } },
            "segments" => options with { LabelMap = new LabelMapping { Segments = new Dictionary<string, int> { ["Psoas"] = 2 } } },
            "colors" => options with { LabelMap = new LabelMapping { Colors = new Dictionary<RgbColor, int> { [new RgbColor(255, 0, 0)] = 2 } } },
            "normalization" => options with { Normalization = Normalization.ZScore },
            "resize" => options with { ResizeMode = ResizeMode.Pad },
            "pixel size" => options with { PixelSize = 1.5 },
            "labels" => options with { LabelResampling = LabelResampling.Nearest },
            "step" => options with { JpegStep = 20 },
            "ignored" => options with { IgnoreLabel = 255 },
            "spacing" => options with { PixelSpacing = new PixelSpacing(0.5, 0.5) },
            "pairs" => options with { Pairs = Pairs() },
            "patients" => options with { PatientFolders = [new PatientFolder("P", options.DicomPath, options.LabelPath)] },
            "slice axis" => options with { SliceAxis = SliceAxis.First },
            _ => options with { Recurse = true },
        };

        Dataset dataset = _set.Import(other);

        Assert.Equal(6, dataset.Cache!.Decoded);
        Assert.Contains(dataset.Cache.Notes, note => note.Contains("no cache of this data set with these settings yet", StringComparison.Ordinal));
        SmallSet.AssertSame(_set.Import(other with { Cache = DatasetCache.Memory }), dataset);
        Assert.Equal(6, _set.Import(options).Cache!.Taken);
        Assert.Equal(6, _set.Import(other).Cache!.Taken);
    }

    private ImagePair[] Pairs() => [.. Enumerable.Range(0, 6).Select(i => new ImagePair($"s{i:00}", _set.ImagePath($"s{i:00}"), _set.MaskPath($"s{i:00}")))];

    [Fact]
    public void Every_option_is_part_of_the_settings_or_known_to_change_no_sample()
    {
        // An option that is new must be thought of: add it to CacheLocation.Describe and to the test above, or here.
        string[] thoughtOf = ["DicomPath", "LabelPath", "ImagePaths", "Pairs", "PatientFolders", "Recurse", "MaskSuffix", "InputSize", "LabelNames", "LabelMap", "Normalization", "ResizeMode", "PixelSize", "LabelResampling", "Preprocessing", "JpegStep", "PixelSpacing", "IgnoreLabel", "PartialLabels", "SliceAxis", "Channels", "Cache", "CachePath"];

        Assert.Equal(thoughtOf.Order(), typeof(DatasetOptions).GetProperties().Where(p => p.CanWrite).Select(p => p.Name).Order());

        // The ones that are options of the data set as well.
        Assert.Equal(["Channels", "InputSize", "LabelResampling", "Normalization", "PixelSize", "ResizeMode"], typeof(Preprocessing).GetProperties().Where(p => p.CanWrite).Select(p => p.Name).Order());
    }

    [Fact]
    public void Map_of_labels_in_another_order_is_the_same_setting()
    {
        DatasetOptions Mapped(params (float Value, int Roi)[] values) =>
            _set.Options(DatasetCache.Disk, ["One", "Two"]) with { LabelMap = new LabelMapping { Values = values.ToDictionary(v => v.Value, v => v.Roi) } };

        _set.Import(Mapped((1, 2), (2, 1)));

        Assert.Equal(6, _set.Import(Mapped((2, 1), (1, 2))).Cache!.Taken);
    }

    [Fact]
    public void Set_that_is_moved_with_its_cache_needs_no_decoding_and_names_its_new_paths()
    {
        _set.WriteMask("s01", seed: 1, DateTime.UtcNow.AddHours(-1), rois: 4);
        DatasetOptions options = _set.Options(DatasetCache.Disk, ["One", "Two"]);
        _set.Import(options);
        string moved = _set.Root + "-moved";
        Directory.Move(_set.Root, moved);
        _set.Root = moved;

        Assert.Equal((5, 1), _set.ImportAndCompare(["One", "Two"]));
        Assert.All(_set.Import().Samples, sample => Assert.StartsWith(moved, sample.ImagePath, StringComparison.Ordinal));
    }

    [Fact]
    public void Named_folder_holds_the_caches_of_several_sets()
    {
        using var other = new SmallSet(pairs: 2);
        string folder = Path.Combine(_set.Root, "fast", "caches");
        Dataset first = _set.Import(_set.Options(DatasetCache.Disk) with { CachePath = folder });
        Dataset second = other.Import(other.Options(DatasetCache.Disk) with { CachePath = folder });

        Assert.Equal(2, Directory.GetFiles(folder).Length);
        Assert.False(Directory.Exists(_set.CacheFolder));
        Assert.Equal(folder, Path.GetDirectoryName(first.Cache!.Path));
        Assert.Equal((6, 2), (first.Count, second.Count));
        Assert.Equal(6, _set.Import(_set.Options(DatasetCache.Disk) with { CachePath = folder }).Cache!.Taken);
    }

    [Fact]
    public void Nothing_is_written_for_a_folder_that_is_not_there()
    {
        DatasetOptions options = _set.Options(DatasetCache.Disk) with { DicomPath = Path.Combine(_set.Root, "none", "dicoms") };

        Assert.Equal("FolderNotFound", Assert.Throws<MedSegException>(() => _set.Import(options)).ErrorId);
        Assert.False(Directory.Exists(Path.Combine(_set.Root, "none")));
    }

    [Fact]
    public void Cache_names_no_patient()
    {
        _set.Import();

        string text = Encoding.Latin1.GetString(File.ReadAllBytes(_set.CacheFile));

        Assert.Contains("\"Patient\":", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Patient-", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Jane", text, StringComparison.Ordinal);
        Assert.DoesNotContain(_set.Import(DatasetCache.Memory).Samples[0].Patient, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Handles_of_unreferenced_data_sets_are_closed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Open files are counted in /proc.");
        for (int i = 0; i < 40; i++)
        {
            _set.WriteMask("s00", seed: i % 8, DateTime.UtcNow.AddMinutes(-i - 1));
            Assert.Equal(6, _set.Import().Count);
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        int open = Directory.GetFiles("/proc/self/fd").Count(fd => new FileInfo(fd).LinkTarget?.StartsWith(_set.Root, StringComparison.Ordinal) == true);
        Assert.InRange(open, 0, 2);
    }

    private void WriteJpeg(string name)
    {
        File.Delete(_set.MaskPath(name));
        using var bitmap = new SkiaSharp.SKBitmap(new SkiaSharp.SKImageInfo(SmallSet.Side, SmallSet.Side, SkiaSharp.SKColorType.Gray8, SkiaSharp.SKAlphaType.Opaque));
        byte[] pixels = [.. Enumerable.Range(0, SmallSet.Side * SmallSet.Side).Select(i => (byte)(100 * (i % SmallSet.Side < 16 ? 0 : i / SmallSet.Side < 16 ? 1 : 2)))];
        System.Runtime.InteropServices.Marshal.Copy(pixels, 0, bitmap.GetPixels(), pixels.Length);
        using SkiaSharp.SKData data = bitmap.Encode(SkiaSharp.SKEncodedImageFormat.Jpeg, 95);
        string path = Path.ChangeExtension(_set.MaskPath(name), ".jpg");
        File.WriteAllBytes(path, data.ToArray());
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-1));
    }
}
