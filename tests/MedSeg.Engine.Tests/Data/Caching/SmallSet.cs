using System.Reflection;
using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Dicom;
using MedSeg.Formats.Npy;
using MedSeg.Imaging;
using Microsoft.Win32.SafeHandles;

namespace MedSeg.Tests.Data.Caching;

/// <summary>A folder with a few small slices and masks, imported with a cache and without.</summary>
internal sealed class SmallSet : IDisposable
{
    public const int Side = 32;

    // Older than the resolution of any file system's times, so that length and time suffice to recognise an unchanged file.
    private static readonly DateTime s_longAgo = DateTime.UtcNow.AddHours(-1);

    public SmallSet(int pairs = 0)
    {
        Directory.CreateDirectory(Path.Combine(Root, "dicoms"));
        Directory.CreateDirectory(Path.Combine(Root, "labels"));
        for (int i = 0; i < pairs; i++)
        {
            Add($"s{i:00}", i);
        }
    }

    public string Root { get; set; } = Directory.CreateTempSubdirectory("medseg").FullName;

    public PatientSalt Salt { get; set; } = new(null);

    public string CacheFolder => Path.Combine(Root, ".medseg-cache");

    public string CacheFile => Assert.Single(Directory.GetFiles(CacheFolder));

    /// <summary>Changes a byte of the cache file, which may be open.</summary>
    public void Damage(long offset)
    {
        using SafeFileHandle handle = File.OpenHandle(CacheFile, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        byte[] one = new byte[1];
        RandomAccess.Read(handle, one, offset);
        one[0] ^= 0x10;
        RandomAccess.Write(handle, one, offset);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    public string ImagePath(string name) => Path.Combine(Root, "dicoms", name + ".dcm");

    public string MaskPath(string name) => Path.Combine(Root, "labels", name + ".npy");

    public void Add(string name, int seed)
    {
        WriteImage(name, seed, s_longAgo);
        WriteMask(name, seed, s_longAgo);
    }

    public void WriteImage(string name, int seed, DateTime time)
    {
        var random = new Random(seed);
        DicomWriter.Write(ImagePath(name), new DicomMrSlice
        {
            Rows = Side,
            Columns = Side,
            Pixels = [.. Enumerable.Range(0, Side * Side).Select(_ => (ushort)random.Next(4096))],
            Spacing = new PixelSpacing(0.75, 0.5),
            PatientId = $"Patient-{seed / 2}",
            PatientName = $"Jane^Doe{seed / 2}",
            StudyInstanceUid = "1.2.3",
            SeriesInstanceUid = "1.2.3.4",
            SopInstanceUid = $"1.2.3.4.{seed + 10}",
            FrameOfReferenceUid = "1.2.3.5",
        });
        File.SetLastWriteTimeUtc(ImagePath(name), time);
    }

    public void WriteMask(string name, int seed, DateTime time, int rois = 2)
    {
        using (FileStream stream = File.Create(MaskPath(name)))
        {
            NpyFile.Write(stream, Side, Side, [.. Enumerable.Range(0, Side * Side).Select(i => (byte)(i / Side < 8 + seed ? 0 : 1 + (i % rois)))]);
        }

        File.SetLastWriteTimeUtc(MaskPath(name), time);
    }

    public DatasetOptions Options(DatasetCache cache, IReadOnlyList<string>? names = null) => new()
    {
        DicomPath = Path.Combine(Root, "dicoms"),
        LabelPath = Path.Combine(Root, "labels"),
        InputSize = Side,
        LabelNames = names ?? [],
        Cache = cache,
    };

    public Dataset Import(DatasetOptions options) => DatasetImporter.Import(options, Salt, events: null, TestContext.Current.CancellationToken);

    public Dataset Import(DatasetCache cache = DatasetCache.Disk) => Import(Options(cache));

    /// <summary>Imports with a cache and says how many pairs were taken and decoded; the result must be that of an import without a cache.</summary>
    public (int Taken, int Decoded) ImportAndCompare(IReadOnlyList<string>? names = null, int? jpegStep = null)
    {
        Dataset dataset = Import(Options(DatasetCache.Disk, names) with { JpegStep = jpegStep });
        AssertSame(Import(Options(DatasetCache.Memory, names) with { JpegStep = jpegStep }), dataset);
        return (dataset.Cache!.Taken, dataset.Cache.Decoded);
    }

    /// <summary>Compares all settable properties of data sets and samples, public or not, and the pixels bit by bit.</summary>
    public static void AssertSame(Dataset expected, Dataset actual)
    {
        AssertSameProperties(expected, actual, nameof(Dataset.Samples), nameof(Dataset.Cache));
        Assert.Equal(expected.Samples.Count, actual.Samples.Count);
        foreach ((Sample one, Sample other) in expected.Samples.Zip(actual.Samples))
        {
            AssertSameProperties(one, other, nameof(Sample.Pixels));
            Assert.Equal(one.IsUsable, other.IsUsable);
            if (one.IsUsable)
            {
                Assert.Equal(one.Image().Select(BitConverter.SingleToUInt32Bits), other.Image().Select(BitConverter.SingleToUInt32Bits));
                Assert.Equal(one.Roi(), other.Roi());
                Assert.Equal(one.Pixels!.ReadTruth().Unpack(), other.Pixels!.ReadTruth().Unpack());
            }
        }
    }

    private static void AssertSameProperties(object expected, object actual, params string[] except)
    {
        foreach (PropertyInfo property in expected.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Where(p => p.CanWrite && !except.Contains(p.Name)))
        {
            Assert.Equal(property.GetValue(expected), property.GetValue(actual));
        }
    }
}
