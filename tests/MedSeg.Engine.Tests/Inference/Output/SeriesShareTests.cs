using MedSeg.Inference.Output;
using MedSeg.Inference.Scans;

namespace MedSeg.Tests.Inference.Output;

/// <summary>How the series of an archive are shared out.</summary>
public sealed class SeriesShareTests
{
    [Fact]
    public void Each_series_is_in_one_part_and_the_parts_are_balanced()
    {
        ScanSeries[] all = [.. Enumerable.Range(0, 57).Select(i => Series($"S{i:00}", 3 + (i * 7 % 23)))];

        IReadOnlyList<ScanSeries>[] parts = [.. Enumerable.Range(1, 5).Select(part => new SeriesShare { Part = part, Parts = 5 }.Of(all))];

        Assert.Equal(all.Select(s => s.Name), parts.SelectMany(part => part).Select(s => s.Name).Order());
        int[] slices = [.. parts.Select(part => part.Sum(s => s.Slices.Count))];
        Assert.InRange(slices.Max() - slices.Min(), 0, 3);
    }

    [Fact]
    public void Parts_do_not_depend_on_the_order_in_which_files_were_listed()
    {
        ScanSeries[] all = [.. Enumerable.Range(0, 12).Select(i => Series($"S{i:00}", 5))];
        var share = new SeriesShare { Part = 2, Parts = 3 };

        Assert.Equal(["S01", "S04", "S07", "S10"], share.Of(all).Select(s => s.Name));
        Assert.Equal(["S10", "S07", "S04", "S01"], share.Of([.. all.Reverse()]).Select(s => s.Name));
    }

    private static ScanSeries Series(string name, int slices) =>
        new(name, [.. Enumerable.Range(0, slices).Select(i => new SourceSlice($"{name}_{i}", $"/{name}_{i}.dcm", 0, 1, Plane: null) { Rows = 4, Columns = 4 })]);
}
