using MedSeg.Imaging;

namespace MedSeg.Tests.Imaging;

public sealed class ConnectedComponentsTests
{
    [Fact]
    public void Parts_are_counted_with_corners_and_across_branches()
    {
        RoiComponents[] parts = Count(
            "1.1.....",
            "1.1..2..",
            "111.2...",
            "........",
            "........",
            ".......1");

        Assert.Equal([new RoiComponents(0, 0, 0), new RoiComponents(2, 7, 1), new RoiComponents(1, 2, 0), new RoiComponents(0, 0, 0)], parts);
    }

    [Fact]
    public void Part_near_the_largest_is_counted_but_not_stray() =>
        Assert.Equal([new RoiComponents(2, 4, 0), new RoiComponents(2, 4, 1)], [Count("11.1", "11..")[1], Count("11..1", "11...")[1]]);

    [Fact]
    public void Touching_ROIs_stay_apart() =>
        Assert.Equal([(1, 3L), (1, 2L), (1, 1L)], Count("112", "132")[1..].Select(p => (p.Count, p.LargestPixels)));

    [Fact]
    public void Random_masks_agree_with_a_flood_fill()
    {
        var random = new Random(1);
        for (int round = 0; round < 200; round++)
        {
            (int rows, int columns) = (random.Next(1, 12), random.Next(1, 12));
            byte[] roi = [.. Enumerable.Range(0, rows * columns).Select(_ => (byte)Math.Max(0, random.Next(-2, 4)))];

            Assert.Equal(Flood(roi, columns), ConnectedComponents.Count(roi, columns, 3).Select(p => (p.Count, p.LargestPixels)));
        }
    }

    private static RoiComponents[] Count(params string[] rows) =>
        ConnectedComponents.Count([.. rows.SelectMany(r => r).Select(c => (byte)(c == '.' ? 0 : c - '0'))], rows[0].Length, 3);

    private static List<(int Count, long Largest)> Flood(byte[] roi, int columns)
    {
        var found = Enumerable.Repeat((Count: 0, Largest: 0L), 4).ToList();
        bool[] seen = new bool[roi.Length];
        for (int start = 0; start < roi.Length; start++)
        {
            if (roi[start] == 0 || seen[start])
            {
                continue;
            }

            long pixels = 0;
            var open = new Stack<int>([start]);
            seen[start] = true;
            while (open.TryPop(out int at))
            {
                pixels++;
                for (int y = Math.Max(0, (at / columns) - 1); y <= (at / columns) + 1 && y < roi.Length / columns; y++)
                {
                    for (int x = Math.Max(0, (at % columns) - 1); x <= (at % columns) + 1 && x < columns; x++)
                    {
                        int next = (y * columns) + x;
                        if (!seen[next] && roi[next] == roi[start])
                        {
                            seen[next] = true;
                            open.Push(next);
                        }
                    }
                }
            }

            found[roi[start]] = (found[roi[start]].Count + 1, Math.Max(found[roi[start]].Largest, pixels));
        }

        return found;
    }
}
