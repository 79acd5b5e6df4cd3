using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Imaging;
using MedSeg.Tests.Data;

namespace MedSeg.Tests.Inspection;

/// <summary>A clean data set of drawn patients that lie here and there, and the mistakes that are planted into copies of it.</summary>
internal sealed class PlantedSet
{
    public const int Size = 64;

    private PlantedSet(Dataset clean) => Clean = clean;

    public Dataset Clean { get; }

    /// <summary>Draws a set. Each patient's images are shifted and enlarged, as patients lie and fields of view are chosen.</summary>
    public static PlantedSet Draw(string folder, int seed, int patients, int slices)
    {
        DemoDataset demo = DemoDataset.Create(new DemoDatasetOptions { Root = Path.Combine(folder, $"set{seed}"), TrainingPatients = patients, HeldOutPatients = 0, SlicesPerPatient = slices, Size = 96, Seed = seed });
        Dataset dataset = DatasetImporter.Import(new DatasetOptions { DicomPath = Path.Combine(demo.TrainPath, "dicoms"), LabelPath = Path.Combine(demo.TrainPath, "labels"), InputSize = Size });
        var random = new Random(seed);
        var placements = dataset.Samples.Select(s => s.Patient).Distinct().ToDictionary(p => p, _ => (X: random.Next(-4, 5), Y: random.Next(-3, 4)));
        return new PlantedSet(With(dataset, s => Shift(s, placements[s.Patient].X, placements[s.Patient].Y, alsoImage: true)));
    }

    public static Dataset With(Dataset dataset, Func<Sample, Sample> change) => dataset with { Samples = dataset.Samples.Select(change).ToArray() };

    /// <summary>Plants a mistake into a share of the samples, at least one; gives their names.</summary>
    public (Dataset Dataset, HashSet<string> Planted) Plant(double rate, int seed, Mistake mistake)
    {
        var random = new Random(seed);
        string[] names = [.. Clean.Samples.Select(s => s.Name)];
        random.Shuffle(names);
        HashSet<string> planted = [.. names.Take(Math.Max(1, (int)Math.Round(rate * names.Length)))];
        IReadOnlyList<Sample> all = Clean.Samples;
        return (Clean with { Samples = all.Select((s, i) => planted.Contains(s.Name) ? mistake.Plant(s, all[(i + all.Count - 1) % all.Count], random) : s).ToArray() }, planted);
    }

    public static Sample WithRoi(Sample sample, byte[] roi)
    {
        int count = sample.RoiPixels.Count - 1;
        long[] pixels = new long[count + 1];
        foreach (byte value in roi)
        {
            pixels[value]++;
        }

        return sample with { Pixels = new InMemorySlice(sample.Image(), roi), RoiPixels = pixels, RoiParts = ConnectedComponents.Count(roi, Size, count) };
    }

    public static Sample Renumber(Sample sample, Func<byte, byte> number) => WithRoi(sample, [.. sample.Roi().Select(number)]);

    public static Sample Shift(Sample sample, int x, int y, bool alsoImage)
    {
        byte[] roi = new byte[Size * Size];
        byte[] from = sample.Roi();
        float[] fromImage = sample.Image();
        float[] image = alsoImage ? new float[Size * Size] : fromImage;
        for (int row = 0; row < Size; row++)
        {
            for (int column = 0; column < Size; column++)
            {
                (int fromRow, int fromColumn) = (row - y, column - x);
                if (fromRow is >= 0 and < Size && fromColumn is >= 0 and < Size)
                {
                    roi[(row * Size) + column] = from[(fromRow * Size) + fromColumn];
                    if (alsoImage)
                    {
                        image[(row * Size) + column] = fromImage[(fromRow * Size) + fromColumn];
                    }
                }
            }
        }

        return WithRoi(sample with { Pixels = new InMemorySlice(image, roi) }, roi);
    }

    public static Sample Mirror(Sample sample, bool image, bool mask)
    {
        T[] Turn<T>(T[] pixels) => [.. Enumerable.Range(0, Size * Size).Select(i => pixels[(i / Size * Size) + Size - 1 - (i % Size)])];
        return WithRoi(image ? sample with { Pixels = new InMemorySlice(Turn(sample.Image()), sample.Roi()) } : sample, mask ? Turn(sample.Roi()) : sample.Roi());
    }
}
