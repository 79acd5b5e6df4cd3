using System.Diagnostics;
using System.Globalization;
using MedSeg.Data.Files;
using MedSeg.Errors;
using MedSeg.Formats.Tiff;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Tests.Dicom;
using MedSeg.Tests.Formats.Png;
using MedSeg.Tests.Imaging;

namespace MedSeg.Tests.Data.Files;

/// <summary>Whatever a mask's file holds, it ends soon, with little memory, in labels or in the one error that says why not.</summary>
public sealed class LabelFuzzTests
{
    private const string FilePath = "/data/mask";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    // Set the variable to mutate longer than a test run allows.
    private static readonly int s_runs =
        int.TryParse(Environment.GetEnvironmentVariable("MEDSEG_FUZZ_RUNS"), CultureInfo.InvariantCulture, out int runs) ? runs : 3000;

    private static readonly LabelMapping s_map = new() { Colors = new Dictionary<RgbColor, int> { [new(255, 0, 0)] = 1 } };

    // The name's pattern, and the bytes that may be allocated for each byte of the file: values are 4 bytes; deflate
    // expands by 1032, LZW by about 2600, JPEG to 1024 pixels; CCITT makes a row of any width out of a bit.
    public static TheoryData<string, long> Formats => new()
    {
        { "*.npy", 128 },
        { "*.png", 40_000 },
        { "*.jpg", 20_000 },
        { "*.tif", 400_000 },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void Mutated_files_are_read_or_refused(string pattern, long bytesPerByte)
    {
        var random = new Random(30);
        (string Name, byte[] File)[] seeds = [.. Directory.GetFiles(ImagingData.Folder, pattern).Order(StringComparer.Ordinal).Select(path => (Path.GetFileName(path), File.ReadAllBytes(path))).Where(seed => seed.Item2.Length < 5000)];
        int refused = 0;
        for (int run = 0; run < s_runs; run++)
        {
            (string name, byte[] file) = seeds[run % seeds.Length];
            byte[] mutated = DicomMutator.Mutate(file, seeds[random.Next(seeds.Length)].File, random);
            if (run % 2 == 0)
            {
                PngRepair.Apply(mutated);
            }

            refused += IsRefused(mutated, $"run {run} of {name}", bytesPerByte) ? 1 : 0;
        }

        Assert.InRange(refused, s_runs / 10, s_runs);
    }

    private static bool IsRefused(byte[] file, string which, long bytesPerByte)
    {
        var watch = Stopwatch.StartNew();
        bool isRefused = IsRefusedInBoundedMemory(file, which, bytesPerByte);
        if (watch.Elapsed >= s_patience)
        {
            // The clock also counts while a busy machine lets the process wait, so only what is slow again fails.
            watch.Restart();
            IsRefusedInBoundedMemory(file, which, bytesPerByte);
            Assert.True(watch.Elapsed < s_patience, $"{which} took {watch.Elapsed}: {Convert.ToHexString(file)}");
        }

        return isRefused;
    }

    private static bool IsRefusedInBoundedMemory(byte[] file, string which, long bytesPerByte)
    {
        const long Room = 4 << 20;
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            foreach (LabelImage image in TiffLabel.IsTiff(file) ? TiffLabel.Decode(file, FilePath, s_map).Pages : [LabelReader.Decode(file, FilePath, s_map)])
            {
                Assert.Equal(image.Rows * image.Columns, image.Values.Length);
            }

            return false;
        }
        catch (FileFormatException error)
        {
            Assert.StartsWith(FilePath + ": ", error.Message, StringComparison.Ordinal);
            return true;
        }
        catch (Exception error) when (error is not Xunit.Sdk.IAssertionException)
        {
            throw new InvalidOperationException($"{which}: {Convert.ToHexString(file)}", error);
        }
        finally
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            long limit = Room + (bytesPerByte * file.Length);
            Assert.True(allocated <= limit, $"{which} allocated {allocated} bytes where {limit} were allowed: {Convert.ToHexString(file)}");
        }
    }
}
