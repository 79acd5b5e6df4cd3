using MedSeg.Data.Demo;
using MedSeg.Dicom;
using MedSeg.Errors;
using MedSeg.Threading;
using SkiaSharp;

namespace MedSeg.Tests.Data.Demo;

public sealed class DemoDatasetTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("medseg-");

    public void Dispose() => _folder.Delete(recursive: true);

    private DemoDatasetOptions Options(string name = "demo", int seed = 1) => new()
    {
        Root = Path.Combine(_folder.FullName, name),
        TrainingPatients = 4,
        HeldOutPatients = 1,
        SlicesPerPatient = 2,
        Size = 96,
        Seed = seed,
    };

    private static DemoDataset Make(DemoDatasetOptions options, Action<WorkProgress>? progress = null) =>
        DemoDataset.Create(options, new EngineEvents { Progress = progress }, TestContext.Current.CancellationToken);

    private static string[] Names(string folder) =>
        [.. Directory.GetFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    private static Dictionary<string, string> Contents(string root) =>
        Directory.GetFiles(root, "*", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(root, file), file => Convert.ToBase64String(File.ReadAllBytes(file)));

    [Fact]
    public void Images_and_masks_pair_by_name()
    {
        DemoDataset data = Make(Options());

        Assert.Equal(
            ["P01_S01.dcm", "P01_S02.dcm", "P02_S01.dcm", "P02_S02.dcm", "P03_S01.dcm", "P03_S02.dcm", "P04_S01.dcm", "P04_S02.dcm"],
            Names(Path.Combine(data.TrainPath, "dicoms")));
        Assert.Equal(
            ["P01_S01.png", "P01_S02.png", "P02_S01.png", "P02_S02.png", "P03_S01.png", "P03_S02.png", "P04_S01.npy", "P04_S02.npy"],
            Names(Path.Combine(data.TrainPath, "labels")));
        Assert.Equal(["P05_S01.dcm", "P05_S02.dcm"], Names(Path.Combine(data.HeldOutPath, "dicoms")));
        Assert.Equal(["P05_S01.png", "P05_S02.png"], Names(Path.Combine(data.HeldOutPath, "labels")));
        Assert.Equal((4, 1, 10), (data.TrainingPatients, data.HeldOutPatients, data.Slices));
        Assert.Equal(["Left psoas", "Right psoas", "Left multifidus", "Right multifidus"], data.LabelNames);
    }

    [Fact]
    public void Sizes_and_spacing_vary_by_patient()
    {
        DemoDataset data = Make(Options());
        DicomImage[] images = [.. Names(Path.Combine(data.TrainPath, "dicoms"))
            .Select(name => DicomImageReader.Read(Path.Combine(data.TrainPath, "dicoms", name)))];

        Assert.Equal([(96, 96), (80, 80), (96, 80), (80, 80)], images.Where((_, i) => i % 2 == 0).Select(image => (image.Rows, image.Columns)));
        Assert.Equal(4, images.Select(image => image.Spacing).Distinct().Count());
        Assert.Equal(4, images.Select(image => image.PatientIdentity).Distinct().Count());
        Assert.All(images, image => Assert.InRange(image.Spacing!.Value.Row, 0.6, 0.9));
    }

    [Fact]
    public void The_mask_on_disk_is_the_mask_that_was_drawn()
    {
        DemoDataset data = Make(Options());
        (_, byte[] expected) = new DemoRenderer(DemoPatient.Create(1, 3, 96), 1, 2).Draw();
        using SKBitmap png = SKBitmap.Decode(Path.Combine(data.TrainPath, "labels", "P03_S02.png"));
        byte[] npy = File.ReadAllBytes(Path.Combine(data.TrainPath, "labels", "P04_S01.npy"));
        (_, byte[] expectedNpy) = new DemoRenderer(DemoPatient.Create(1, 4, 96), 0, 2).Draw();

        Assert.Equal((SKColorType.Gray8, 96, 80), (png.ColorType, png.Height, png.Width));
        Assert.Equal(expected, Enumerable.Range(0, 96).SelectMany(row => png.GetPixelSpan().Slice(row * png.RowBytes, 80).ToArray()));
        Assert.Equal(expectedNpy, npy[^expectedNpy.Length..]);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_seed_others()
    {
        Make(Options("a"));
        Make(Options("b"));
        Make(Options("c", seed: 2));

        Assert.Equal(Contents(Options("a").Root), Contents(Options("b").Root));
        Assert.All(Contents(Options("c").Root), file => Assert.NotEqual(Contents(Options("a").Root)[file.Key], file.Value));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void Every_slice_has_the_four_muscles_in_their_places(int number, bool isHard)
    {
        DemoPatient patient = DemoPatient.Create(seed: 1, number, size: 96);
        Assert.Equal(isHard, patient.IsHard);
        for (int slice = 0; slice < 8; slice++)
        {
            (_, byte[] labels) = new DemoRenderer(patient, slice, 8).Draw();
            (double X, double Y, int Area)[] rois = [.. Enumerable.Range(1, 4).Select(value => Centre(labels, value, patient.Columns))];

            Assert.All(rois, roi => Assert.InRange(roi.Area, 25, 600));
            Assert.True(rois[0].X > rois[1].X + (patient.Columns / 4.0), "The left psoas is on the image's right.");
            Assert.True(rois[2].X > rois[3].X + (patient.Columns / 16.0), "The left multifidus is on the image's right.");
            Assert.True(Math.Min(rois[2].Y, rois[3].Y) > Math.Max(rois[0].Y, rois[1].Y), "The multifidus is behind the psoas.");
        }
    }

    [Fact]
    public void Muscles_differ_from_fat_and_from_air_in_the_image()
    {
        DemoPatient patient = DemoPatient.Create(seed: 1, number: 1, size: 96);
        (ushort[] pixels, byte[] labels) = new DemoRenderer(patient, 3, 8).Draw();
        double muscle = pixels.Where((_, i) => labels[i] is 1 or 2).Average(value => value);

        Assert.InRange(muscle / patient.Gain, 200, 400);
        Assert.InRange(pixels[0], 0, 150);
        Assert.True(pixels.Order().ElementAt(pixels.Length * 9 / 10) > 2 * muscle);
    }

    [Fact]
    public void A_folder_with_content_is_left_alone_without_force()
    {
        Directory.CreateDirectory(Options().Root);
        string file = Path.Combine(Options().Root, "mine.txt");
        File.WriteAllText(file, "mine");

        var error = Assert.Throws<MedSegException>(() => Make(Options()));
        Assert.Equal(ErrorKind.AlreadyExists, error.Kind);
        Assert.Equal([file], Directory.GetFileSystemEntries(Options().Root));
    }

    [Fact]
    public void Force_replaces_an_earlier_data_set_and_keeps_other_files()
    {
        DemoDataset larger = Make(Options() with { SlicesPerPatient = 3 });
        string mine = Path.Combine(larger.TrainPath, "labels", "mine.png");
        File.WriteAllText(mine, "mine");

        Make(Options() with { Force = true });

        Assert.Equal(8, Names(Path.Combine(larger.TrainPath, "dicoms")).Length);
        Assert.Equal(8 + 1, Names(Path.Combine(larger.TrainPath, "labels")).Length);
        Assert.True(File.Exists(mine));
    }

    [Fact]
    public void Stopping_leaves_no_file_behind()
    {
        using var source = new CancellationTokenSource();
        Action<WorkProgress> progress = step =>
        {
            if (step.Done == 3)
            {
                source.Cancel();
            }
        };

        Assert.Throws<OperationCanceledException>(() => DemoDataset.Create(Options(), new EngineEvents { Progress = progress }, source.Token));
        Assert.Empty(Directory.GetFiles(Options().Root, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Progress_counts_to_the_total()
    {
        var steps = new List<WorkProgress>();
        Make(Options(), steps.Add);

        Assert.Equal(Enumerable.Range(1, 10).Select(slice => new WorkProgress(slice, 10)), steps);
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        DemoDatasetOptions[] wrong =
        [
            Options() with { Size = 0 },
            Options() with { SlicesPerPatient = 0 },
            Options() with { TrainingPatients = 0 },
            Options() with { HeldOutPatients = -1 },
            Options() with { Root = "relative" },
        ];

        Assert.All(wrong, options => Assert.Equal(
            ErrorKind.InvalidArgument, Assert.Throws<MedSegException>(() => Make(options)).Kind));
    }

    private static (double X, double Y, int Area) Centre(byte[] labels, int value, int columns)
    {
        double x = 0;
        double y = 0;
        int area = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] == value)
            {
                x += i % columns;
                y += i / columns;
                area++;
            }
        }

        return (x / area, y / area, area);
    }
}
