using MedSeg.Agreement;
using MedSeg.Comparison;
using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Inference.Backends;
using MedSeg.Inference.Output;
using MedSeg.Inference.Scans;
using MedSeg.Reports;
using MedSeg.Tests.Data.Files;
using MedSeg.Tests.Inference;
using MedSeg.Tests.Inference.Backends;
using MedSeg.Threading;

namespace MedSeg.Tests.Threading;

/// <summary>Work on many files stops in each of its steps before all files were looked at, and before the first if it was stopped already.</summary>
public sealed class StopTests : IDisposable
{
    private const int Count = 300;

    // What is being done when the work stops is done: on each thread, one file.
    private const int Most = Count / 2;

    private readonly SmallScan _scan = new();

    private DatasetOptions Options => new() { DicomPath = _scan.Dicoms, LabelPath = _scan.Labels, InputSize = 16 };

    private string Output => Path.Combine(_scan.Folder, "output");

    public void Dispose() => _scan.Dispose();

    [Theory]
    [InlineData("Finding the names of ROIs")]
    [InlineData("Finding images")]
    [InlineData("Finding label masks")]
    [InlineData("Pairing images and masks")]
    [InlineData(null)]
    public void Import_stops(string? stage)
    {
        AddPairs(Count);

        Assert.InRange(StopIn(stage, (events, token) => DatasetImporter.Import(Options, events, token)), 1, Most);
    }

    [Fact]
    public void Import_of_listed_pairs_stops()
    {
        AddPairs(Count);
        ImagePair[] pairs = [.. Enumerable.Range(0, Count).Select(i => new ImagePair($"s{i:000}", ImageOf(i), MaskOf(i)))];

        Assert.InRange(StopIn("Finding the files of pairs", (events, token) => DatasetImporter.Import(Options with { Pairs = pairs }, events, token)), 1, Most);
    }

    [Fact]
    public void Import_of_channels_stops()
    {
        AddPairs(Count);
        ImageChannel[] channels = [new("even", "0"), new("odd", "1")];

        Assert.InRange(StopIn("Finding the channels of images", (events, token) => DatasetImporter.Import(Options with { Channels = channels }, events, token)), 1, Most);
    }

    [Theory]
    [InlineData("Reading the index of the cache, in MB", true)]
    [InlineData("Finding images", true)]
    [InlineData("Writing the index of the cache, in MB", false)]
    public void Import_with_a_cache_stops_and_the_cache_stays_as_it_was(string stage, bool isCached)
    {
        AddPairs(Count);
        string folder = Path.Combine(_scan.Folder, "cache");
        DatasetOptions options = Options with { Cache = DatasetCache.Disk, CachePath = folder };
        if (isCached)
        {
            DatasetImporter.Import(options, events: null, TestContext.Current.CancellationToken);
        }

        StopIn(stage, (events, token) => DatasetImporter.Import(options, events, token));

        Assert.Equal(isCached ? 1 : 0, Directory.GetFiles(folder).Length);
        Dataset dataset = DatasetImporter.Import(options, events: null, TestContext.Current.CancellationToken);
        Assert.Equal(isCached ? (Count, 0) : (0, Count), (dataset.Cache!.Taken, dataset.Cache.Decoded));
    }

    // Each folder has two files of one name, which is an error once all were looked at.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Import_that_was_stopped_looks_at_no_file(bool isOfImages)
    {
        AddPairs(1);
        File.Copy(isOfImages ? ImageOf(0) : MaskOf(0), isOfImages ? Path.ChangeExtension(ImageOf(0), ".ima") : Path.ChangeExtension(MaskOf(0), ".jpg"));

        Assert.Equal(ErrorIds.NameTwice, Assert.Throws<MedSegException>(() => DatasetImporter.Import(Options, events: null, CancellationToken.None)).ErrorId);
        Assert.ThrowsAny<OperationCanceledException>(() => DatasetImporter.Import(Options, events: null, new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData("Finding label masks")]
    [InlineData("Reading masks")]
    [InlineData(null)]
    [InlineData("Computing the agreement of ROIs")]
    public void Comparison_stops(string? stage) =>
        Assert.InRange(StopIn(stage, (events, token) => MaskComparer.Compare(Raters(), events, token)), 1, Most);

    [Theory]
    [InlineData("Counting votes")]
    [InlineData(null)]
    public void Consensus_stops_and_leaves_whole_masks_only(string? stage)
    {
        Assert.InRange(StopIn(stage, (events, token) => ConsensusMasks.Write(Raters(), ConsensusMethod.Staple, Output, replace: false, events, token)), 1, Most);

        string[] written = Directory.Exists(Output) ? [.. Directory.EnumerateFiles(Output, "*", SearchOption.AllDirectories)] : [];
        Assert.Equal(stage is null ? 1 : 0, written.Length);
        Assert.All(written, path => Assert.Equal(".png", Path.GetExtension(path)));
    }

    [Theory]
    [InlineData("Finding images")]
    [InlineData("Reading the headers of images")]
    public void Search_for_images_to_segment_stops(string stage)
    {
        AddPairs(Count);

        Assert.InRange(StopIn(stage, (events, token) => ScanFinder.Find([_scan.Dicoms], recurse: false, new ImageReading(), events, token)), 1, Most);
        Assert.InRange(StopIn(stage, (events, token) => SegmentationFolder.Read(_scan.Labels, _scan.Dicoms, events: events, cancellationToken: token)), 1, Most);
    }

    [Fact]
    public void Segmentation_that_was_stopped_looks_at_no_image_and_leaves_no_file()
    {
        AddPairs(1);
        File.Copy(ImageOf(0), Path.ChangeExtension(ImageOf(0), ".ima"));
        var errors = new List<MedSegException>();
        using var segmenter = new Segmenter(new ModelEnsemble([ScanFolder.Model]), ScanFolder.Options, () => new BrightnessBackend(ScanFolder.Size));

        Assert.ThrowsAny<OperationCanceledException>(() => segmenter.Run([_scan.Dicoms], new MaskOutput { OutputPath = Output }, events: new EngineEvents { Error = errors.Add }, cancellationToken: new CancellationToken(canceled: true)).ToArray());

        Assert.Empty(errors);
        Assert.False(Directory.Exists(Output));
    }

    [Fact]
    public void Claim_of_an_output_folder_is_released_when_the_segmentation_stops()
    {
        AddPairs(2);
        IReadOnlyList<ScanSeries> series = ScanFinder.Find([_scan.Dicoms], recurse: false, new ImageReading(), events: null, TestContext.Current.CancellationToken);

        Assert.ThrowsAny<OperationCanceledException>(() => OutputClaim.Take(series, new MaskOutput { OutputPath = Output }, new CancellationToken(canceled: true)));
        Assert.ThrowsAny<OperationCanceledException>(() => OutputPaths.Unfinished(series, new MaskOutput { OutputPath = Output }, new CancellationToken(canceled: true)));

        Assert.False(Directory.Exists(Output));
    }

    [Fact]
    public void Search_of_a_folder_stops()
    {
        AddPairs(Count);
        using var stop = new CancellationTokenSource();
        int found = 0;

        Assert.ThrowsAny<OperationCanceledException>(() =>
        {
            foreach (string _ in FolderFiles.Enumerate(_scan.Folder, recurse: true, cancellationToken: stop.Token))
            {
                found++;
                stop.Cancel();
            }
        });
        Assert.Equal(1, found);
    }

    [Fact]
    public void Resampling_of_patients_stops() =>
        Assert.ThrowsAny<OperationCanceledException>(() => PatientBootstrap.Mean([("a", 1), ("b", 2)], seed: 0, new CancellationToken(canceled: true)));

    private string ImageOf(int i) => Path.Combine(_scan.Dicoms, $"s{i:000}.dcm");

    private string MaskOf(int i) => Path.Combine(_scan.Labels, $"s{i:000}.png");

    private void AddPairs(int count)
    {
        byte[] image = new SmallSlice().ToBytes();
        _scan.AddMask("s000.png", SmallScan.Mask(0)).AddFile("s000.dcm", image);
        for (int i = 1; i < count; i++)
        {
            _scan.AddFile($"s{i:000}.dcm", image);
            File.Copy(MaskOf(0), MaskOf(i), overwrite: true);
        }
    }

    private MaskComparisonOptions Raters()
    {
        AddPairs(Count);
        string second = Path.Combine(_scan.Folder, "second");
        Directory.CreateDirectory(second);
        foreach (string mask in Directory.EnumerateFiles(_scan.Labels))
        {
            File.Copy(mask, Path.Combine(second, Path.GetFileName(mask)));
        }

        return new MaskComparisonOptions { Paths = [_scan.Labels, second], Spacing = new PixelSpacing(1, 1) };
    }

    /// <summary>Cancels work at the first report of a stage, and returns how many reports there were from then on.</summary>
    private static int StopIn<T>(string? stage, Func<EngineEvents, CancellationToken, T> work)
    {
        using var stop = new CancellationTokenSource();
        int reports = 0;
        var events = new EngineEvents
        {
            Progress = progress =>
            {
                // While a folder is listed, the number of its files is not known.
                bool isCounted = progress.Total > 0 || stage?.EndsWith("MB", StringComparison.Ordinal) == true;
                if (stop.IsCancellationRequested || (isCounted && progress.Stage == stage))
                {
                    Interlocked.Increment(ref reports);
                    stop.Cancel();
                }
            },
        };

        Assert.ThrowsAny<OperationCanceledException>(() => work(events, stop.Token));
        return reports;
    }
}
