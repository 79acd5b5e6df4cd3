using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Tests.Data.Files;

namespace MedSeg.Tests.Data;

/// <summary>Data sets that are joined and selected from.</summary>
public sealed class DatasetJoinTests : IDisposable
{
    private readonly SmallScan _first = Scan("a", "P1");
    private readonly SmallScan _second = Scan("a", "P2");
    private readonly SmallScan _third = Scan("b", "P3");

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _third.Dispose();
    }

    [Fact]
    public void Samples_keep_their_origin()
    {
        Dataset joined = DatasetJoin.Join([Import(_first), Import(_third)], ["Ulm", "Bern"]);

        Assert.Equal([("a0", "Ulm"), ("a1", "Ulm"), ("b0", "Bern"), ("b1", "Bern")], joined.Samples.Select(sample => (sample.Name, sample.Group!)));
        Assert.Equal((4, 2), (joined.Count, joined.Patients));
    }

    [Fact]
    public void Names_that_occur_twice_begin_with_their_group()
    {
        Dataset joined = DatasetJoin.Join([Import(_first), Import(_second), Import(_third)], ["Ulm", "Bern", "Graz"]);

        Assert.Equal(["Ulm/a0", "Ulm/a1", "Bern/a0", "Bern/a1", "Graz/b0", "Graz/b1"], joined.Samples.Select(sample => sample.Name));
    }

    [Fact]
    public void Without_groups_the_folders_name_them() =>
        Assert.Equal([Path.GetFileName(_first.Folder), Path.GetFileName(_third.Folder)], DatasetJoin.Join([Import(_first), Import(_third)]).Samples.Select(sample => sample.Group).Distinct());

    [Fact]
    public void Another_order_of_ROIs_and_another_size_are_refused()
    {
        MedSegException order = Assert.Throws<MedSegException>(() => DatasetJoin.Join([Import(_first), Import(_third, ["B", "A"])]));
        MedSegException size = Assert.Throws<MedSegException>(() => DatasetJoin.Join([Import(_first), Import(_third, size: 48)]));
        MedSegException ignored = Assert.Throws<MedSegException>(() => DatasetJoin.Join([Import(_first), Import(_third) with { IgnoreLabel = 255 }]));

        Assert.Equal([ErrorIds.JoinMismatch, ErrorIds.JoinMismatch, ErrorIds.JoinMismatch], [order.ErrorId, size.ErrorId, ignored.ErrorId]);
        Assert.Contains("the same names in another order", order.Finding, StringComparison.Ordinal);
        Assert.Contains("-InputSize is 48", size.Finding, StringComparison.Ordinal);
        Assert.Contains("-IgnoreLabel is 255 and not set", ignored.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void A_selection_is_a_data_set_and_an_empty_one_an_error()
    {
        Dataset dataset = Import(_first);

        Assert.Equal(["a1"], SampleSelection.Select(dataset, sample => sample.Name == "a1").Samples.Select(sample => sample.Name));
        Assert.Equal(2, dataset.Count);
        Assert.Equal(ErrorIds.SelectionEmpty, Assert.Throws<MedSegException>(() => SampleSelection.Select(dataset, _ => false)).ErrorId);
        Assert.Equal(dataset.Samples[0].Patient, SampleSelection.HashOf("P1"));
    }

    private static SmallScan Scan(string prefix, string patient)
    {
        var scan = new SmallScan();
        for (int k = 0; k < 2; k++)
        {
            scan.AddSlice($"{prefix}{k}", new SmallSlice { Number = k, Z = k, Patient = patient }).AddMask($"{prefix}{k}.png", SmallScan.Mask(k));
        }

        return scan;
    }

    private static Dataset Import(SmallScan scan, string[]? names = null, int size = 32) =>
        DatasetImporter.Import(new DatasetOptions { DicomPath = scan.Dicoms, LabelPath = scan.Labels, InputSize = size, LabelNames = names ?? ["A", "B"] });
}
