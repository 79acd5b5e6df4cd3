using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Training.Splits;

namespace MedSeg.Tests.Training.Splits;

public sealed class PatientSplitTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Each_patient_is_held_out_in_exactly_one_fold()
    {
        Dataset dataset = Make(patients: 11, slices: 3);

        PatientSplit[] folds = [.. Enumerable.Range(1, 5).Select(f => PatientSplit.Create(dataset, new SplitOptions { Folds = 5, Fold = f, Seed = 7 }))];

        Assert.Equal(dataset.Samples.Select(s => s.Name).Order(), folds.SelectMany(f => f.Validation).Select(s => s.Name).Order());
        Assert.All(folds, f => Assert.Equal(0, f.PatientsInBoth));
        Assert.All(folds, f => Assert.InRange(f.ValidationPatients, 2, 3));
        Assert.All(folds, f => Assert.Equal(dataset.Samples.Count, f.Training.Count + f.Validation.Count));
    }

    [Theory]
    [InlineData(0, 0.3)]
    [InlineData(3, 0)]
    public void Rare_ROI_is_in_both_parts(int folds, double fraction)
    {
        // Of 12 patients only three have ROI 2.
        Dataset dataset = Make(patients: 12, slices: 2, hasSecond: patient => patient % 4 == 0);
        for (int seed = 0; seed < 20; seed++)
        {
            for (int fold = 1; fold <= Math.Max(1, folds); fold++)
            {
                PatientSplit split = PatientSplit.Create(dataset, new SplitOptions { ValidationFraction = fraction, Folds = folds, Fold = fold, Seed = seed });

                Assert.Contains(split.Training, s => s.RoiPixels[2] > 0);
                Assert.Contains(split.Validation, s => s.RoiPixels[2] > 0);
            }
        }
    }

    [Fact]
    public void Groups_come_from_a_pattern_or_a_property()
    {
        // All of one patient ID, as careless anonymisation leaves them.
        Dataset dataset = Make(patients: 4, slices: 3) with { Samples = Make(4, 3).Samples.Select(s => s with { Patient = "same" }).ToArray() };
        Assert.Equal("OnePatientOnly", Error(dataset, new SplitOptions { Folds = 2 }));

        PatientSplit split = PatientSplit.Create(dataset, new SplitOptions { Folds = 2, GroupBy = @"^(P\d+)_" });
        Assert.Empty(split.Training.Select(s => s.Name[..3]).Intersect(split.Validation.Select(s => s.Name[..3])));
        Assert.Equal(6, PatientSplit.Create(dataset, new SplitOptions { Folds = 2, GroupBy = "name" }).Validation.Count);

        Assert.Equal("GroupByNoMatch", Error(dataset, new SplitOptions { Folds = 2, GroupBy = "Q" }));
        Assert.Equal("GroupByInvalid", Error(dataset, new SplitOptions { Folds = 2, GroupBy = "(" }));
    }

    [Fact]
    public void Folds_are_read_from_a_file()
    {
        Dataset dataset = Make(patients: 3, slices: 2);
        string path = Path.Combine(_folder, "folds.csv");
        File.WriteAllText(path, "\uFEFFName,Fold\r\n" + string.Join("\r\n", dataset.Samples.Select(s => $"\"{s.Name}\",{(s.Name.StartsWith("P02", StringComparison.Ordinal) ? 2 : 1)}")) + "\r\n");

        PatientSplit split = PatientSplit.Create(dataset, new SplitOptions { FoldPath = path, Fold = 2 });

        Assert.Equal(["P02_S01", "P02_S02"], split.Validation.Select(s => s.Name));
        Assert.Equal("FoldInvalid", Error(dataset, new SplitOptions { FoldPath = path, Fold = 3 }));

        File.WriteAllText(path, File.ReadAllText(path).Replace("\"P02_S02\",2", "\"P02_S02\",1", StringComparison.Ordinal));
        Assert.Equal("FoldSplitsPatient", Error(dataset, new SplitOptions { FoldPath = path }));
        File.WriteAllText(path, "Name,Fold\nP01_S01,1\n");
        Assert.Equal("FoldMissing", Error(dataset, new SplitOptions { FoldPath = path }));
        File.WriteAllText(path, "Name,Fold\nP01_S01;one\n");
        Assert.Equal("FoldFileInvalid", Error(dataset, new SplitOptions { FoldPath = path }));
    }

    [Fact]
    public void Contradictions_are_refused()
    {
        Dataset dataset = Make(patients: 3, slices: 1);

        Assert.Equal("ValidationTwice", Error(dataset, new SplitOptions { Folds = 2, ValidationFraction = 0.5 }));
        Assert.Equal("TooFewPatients", Error(dataset, new SplitOptions { Folds = 4 }));
        Assert.Equal("FoldInvalid", Error(dataset, new SplitOptions { Folds = 2, Fold = 3 }));
    }

    private static string Error(Dataset dataset, SplitOptions options) =>
        Assert.ThrowsAny<MedSegException>(() => PatientSplit.Create(dataset, options)).ErrorId;

    private static Dataset Make(int patients, int slices, Func<int, bool>? hasSecond = null) => new()
    {
        DicomPath = "d",
        LabelPath = "l",
        LabelNames = ["A", "B"],
        Preprocessing = new Preprocessing { InputSize = 16 },
        Samples = Enumerable.Range(0, patients).SelectMany(p => Enumerable.Range(0, slices).Select(s => new Sample
        {
            Name = $"P{p + 1:00}_S{s + 1:00}",
            ImagePath = "i",
            LabelPath = "l",
            Patient = $"{p}",
            Rows = 16,
            Columns = 16,
            Values = [],
            Problems = [],
            RoiPixels = [200, 30, hasSecond?.Invoke(p) == false ? 0 : 26],
            Pixels = new InMemorySlice(new float[256], new byte[256]),
        })).ToArray(),
    };
}
