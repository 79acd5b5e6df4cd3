using System.Text.Json;
using MedSeg.Labels.Polygons;

namespace MedSeg.Tests.Labels.Polygons;

/// <summary>Other programs fill the same pixels; Data/make_polygons.py made the masks.</summary>
public sealed class PolygonRasterizerTests
{
    [Fact]
    public void Matplotlib_and_scikit_image_fill_the_same_pixels()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Labels", "Polygons", "Data", "polygons.json")));
        int filled = 0;
        foreach (JsonElement one in json.RootElement.EnumerateArray())
        {
            (int rows, int columns) = (one.GetProperty("rows").GetInt32(), one.GetProperty("columns").GetInt32());
            PolygonPoint[][] rings = [.. one.GetProperty("rings").EnumerateArray()
                .Select(ring => ring.EnumerateArray().Select(value => value.GetDouble()).Chunk(2).Select(point => new PolygonPoint(point[0], point[1])).ToArray())];
            int[] pixels = new int[rows * columns];

            Assert.True(PolygonRasterizer.TryFill(rings, rows, columns, pixels));

            Assert.Equal(one.GetProperty("mask").GetString(), string.Concat(pixels.Select(pixel => pixel == 1 ? '#' : '.')));
            filled += pixels.Sum();
        }

        Assert.Equal(60, json.RootElement.GetArrayLength());
        Assert.True(filled > 5000);
    }
}
