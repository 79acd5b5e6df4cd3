using MedSeg.Errors;
using MedSeg.Inference;
using MedSeg.Inference.Backends;
using MedSeg.Inference.Output;
using MedSeg.Tests.Inference.Backends;

namespace MedSeg.Tests.Inference.Output;

/// <summary>Two segmentations into one folder at the same time.</summary>
public sealed class OutputClaimTests : IDisposable
{
    private readonly ScanFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(MaskFormat.Png)]
    [InlineData(MaskFormat.Nifti)]
    [InlineData(MaskFormat.DicomSeg)]
    public void Second_one_is_refused_before_it_writes_anything(MaskFormat format)
    {
        AddSlices();
        MaskOutput output = _folder.Masks with { Format = format };
        using var first = new Segmenter(new ModelEnsemble([ScanFolder.Model]), ScanFolder.Options, Meanwhile(() => Refused(output)));

        SegmentedSlice[] slices = [.. first.Run([_folder.Scans], output, cancellationToken: TestContext.Current.CancellationToken)];

        Assert.Equal(4, slices.Length);
        Assert.All(slices, slice => Assert.True(File.Exists(slice.MaskPath)));
        Assert.Empty(Directory.GetDirectories(_folder.Output));
        Refused(output);
    }

    [Fact]
    public void Second_one_with_force_or_of_other_images_is_not_refused()
    {
        AddSlices();
        string single = Path.Combine(_folder.Scans, "s3.dcm");
        using var first = new Segmenter(new ModelEnsemble([ScanFolder.Model]), ScanFolder.Options, Meanwhile(() =>
        {
            Assert.Equal(4, _folder.Run(_folder.Masks with { Force = true, OutputPath = _folder.PathOf("forced") }).Count);
            using var other = new Segmenter(new ModelEnsemble([ScanFolder.Model]), ScanFolder.Options, () => new BrightnessBackend(ScanFolder.Size));
            Assert.Single(other.Run([single], _folder.Masks));
        }));

        // Both write s3: the later one must not replace it.
        MedSegException error = Assert.Throws<MedSegException>(() => first.Run([_folder.Scans], _folder.Masks, cancellationToken: TestContext.Current.CancellationToken).Last());

        Assert.Equal("FileExists", error.ErrorId);
        Assert.StartsWith(Path.Combine(_folder.Output, "s3.png"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_segmentations_that_start_together_one_wins()
    {
        AddSlices();
        for (int round = 0; round < 20; round++)
        {
            MaskOutput output = _folder.Masks with { OutputPath = _folder.PathOf($"masks{round}") };
            string?[] ended = new string?[3];
            using var start = new Barrier(ended.Length);
            Parallel.For(0, ended.Length, new ParallelOptions { MaxDegreeOfParallelism = ended.Length }, i =>
            {
                start.SignalAndWait(TimeSpan.FromSeconds(5));
                try
                {
                    ended[i] = $"{_folder.Run(output).Count}";
                }
                catch (MedSegException e)
                {
                    ended[i] = e.ErrorId;
                }
            });

            Assert.Equal(["4", "FileExists", "FileExists"], ended.Order(StringComparer.Ordinal));
        }
    }

    // What happens between the claim and the first mask.
    private static Func<BrightnessBackend> Meanwhile(Action action) => () =>
    {
        action();
        return new BrightnessBackend(ScanFolder.Size);
    };

    private void AddSlices()
    {
        for (int number = 0; number < 4; number++)
        {
            _folder.Add($"s{number}", number);
        }
    }

    private void Refused(MaskOutput output) => Assert.Equal("FileExists", Assert.Throws<MedSegException>(() => _folder.Run(output)).ErrorId);
}
