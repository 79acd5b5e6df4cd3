using System.Text;
using System.Text.Json;
using MedSeg.Errors;
using MedSeg.Formats.Outlines;
using MedSeg.Labels.Polygons;

namespace MedSeg.Tests.Formats.Outlines;

/// <summary>LabelMe and COCO; Data/make_coco.py made the masks.</summary>
public sealed class OutlineFileTests
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Formats", "Outlines", "Data");

    [Fact]
    public void Polygons_and_both_kinds_of_run_lengths_of_COCO_are_the_same_masks()
    {
        var file = CocoFile.Decode(File.ReadAllBytes(Path.Combine(Folder, "coco.json")), "/data/coco.json");
        using var masks = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "coco_masks.json")));

        Assert.Equal(6, file.Images.Count);
        Assert.Equal(["psoas", "disc"], file.Labels);
        foreach (string image in file.Images)
        {
            JsonElement mask = masks.RootElement.GetProperty(Path.GetFileNameWithoutExtension(image));
            (int rows, int columns) = (mask.GetProperty("rows").GetInt32(), mask.GetProperty("columns").GetInt32());
            OutlineSet set = file.OutlinesOf(image);
            Assert.Equal((rows, columns), set.Size);
            int[] disc = Draw(set, "disc", rows, columns);
            int[] psoas = Draw(set, "psoas", rows, columns);
            Assert.Equal(mask.GetProperty("values").GetString(), string.Concat(psoas.Zip(disc, (p, d) => p == 1 ? '2' : d == 1 ? '1' : '0')));
        }
    }

    [Fact]
    public void LabelMe_has_polygons_rectangles_and_circles()
    {
        OutlineSet set = LabelMeFile.Decode(
            """
            {"version":"5.0.1","flags":{},"imageHeight":20,"imageWidth":30,"imagePath":"a.png","imageData":null,"shapes":[
              {"label":"disc","points":[[2.0,3.0],[7.0,3.0],[7.0,9.0],[2.0,9.0]],"group_id":null,"shape_type":"polygon","flags":{}},
              {"label":"psoas","points":[[20.0,12.0],[10.0,5.0]],"shape_type":"rectangle"},
              {"label":"canal","points":[[20.0,10.0],[24.0,13.0]],"shape_type":"circle"},
              {"label":"canal","points":[[1.0,1.0],[2.0,2.0]],"shape_type":"line"}]}
            """u8.ToArray(),
            "/data/a.json");

        Assert.Equal(["disc", "psoas", "canal"], set.Labels);
        Assert.Equal(((20, 30), 1), (set.Size!.Value, set.Skipped));
        Assert.Equal(30, Draw(set, "disc", 20, 30).Sum());
        Assert.Equal(70, Draw(set, "psoas", 20, 30).Sum());

        // Centres of pixels within 5 pixels of (20, 10).
        int circle = Enumerable.Range(0, 600).Count(i => Math.Pow((i % 30) + 0.5 - 20, 2) + Math.Pow((i / 30) + 0.5 - 10, 2) < 25);
        Assert.Equal(circle, Draw(set, "canal", 20, 30).Sum());
    }

    [Fact]
    public void LabelMe_has_masks()
    {
        // Pillow wrote the PNG, as LabelMe does: 5 columns and 4 rows.
        const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAECAAAAABjWKqcAAAAFklEQVR4nGNkZGBgYGCAkFAmIwPDfwABYQEFEDnRHQAAAABJRU5ErkJggg==";
        OutlineSet set = LabelMeFile.Decode(
            Encoding.UTF8.GetBytes($$"""{"imageHeight":20,"imageWidth":30,"shapes":[{"label":"disc","points":[[7,3],[11,6]],"shape_type":"mask","mask":"{{Png}}"}]}"""), "/data/a.json");

        int[] pixels = Draw(set, "disc", 20, 30);

        Assert.Equal(
            ["7,3", "8,3", "9,3", "10,3", "11,3", "7,4", "8,6", "9,6", "10,6"],
            Enumerable.Range(0, 600).Where(i => pixels[i] == 1).Select(i => $"{i % 30},{i / 30}"));
        Assert.False(set.Outlines[0].TryFill(6, 30, new int[180]));
        Assert.False(set.Outlines[0].TryFill(20, 11, new int[220]));
    }

    [Theory]
    [InlineData("""{"shapes":[{"label":"a","shape_type":"mask","points":[[1,2],[3,4]],"mask":"no base64!"}]}""", "not a grey PNG")]
    [InlineData("""{"shapes":[{"label":"a","shape_type":"mask","points":[[1,2],[3,4]],"mask":"AAAA"}]}""", "not a grey PNG")]
    [InlineData("""{"shapes":[{"label":"a","shape_type":"mask","points":[[1,2],[3,4]]}]}""", "not a grey PNG")]
    [InlineData("""{"shapes":[{"label":"a","shape_type":"mask","points":[[7,3],[11,7]],"mask":"iVBORw0KGgoAAAANSUhEUgAAAAUAAAAECAAAAABjWKqcAAAAFklEQVR4nGNkZGBgYGCAkFAmIwPDfwABYQEFEDnRHQAAAABJRU5ErkJggg=="}]}""", "not the size of its box")]
    [InlineData("""{"shapes":[{"label":"a","points":[[1,2],[3,"x"],[1,1]]}]}""", "not numbers")]
    [InlineData("""{"shapes":[{"label":"a","points":[[1,2],[3],[1,1]]}]}""", "second coordinate")]
    [InlineData("""{"shapes":[{"label":"a","points":[[1e300,2],[3,4],[1,1]]}]}""", "too large")]
    [InlineData("""{"shapes":[""", "not valid JSON")]
    [InlineData("""{"shapes":3}""", "no list of shapes")]
    public void Damage_of_LabelMe_is_told(string json, string finding)
    {
        FileFormatException error = Assert.Throws<FileFormatException>(() => LabelMeFile.Decode(Encoding.UTF8.GetBytes(json), "/data/a.json"));

        Assert.Equal(ErrorIds.OutlineInvalid, error.ErrorId);
        Assert.Contains(finding, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"images":[{"id":1,"file_name":"a.png"}],"annotations":[{"image_id":1,"category_id":5,"segmentation":[]}],"categories":[]}""", "category_id '5'")]
    [InlineData("""{"images":[{"id":1,"file_name":"a.png"}],"annotations":[{"image_id":1,"category_id":5,"segmentation":{"size":[2,2],"counts":"~"}}],"categories":[{"id":5,"name":"a"}]}""", "runs that are not")]
    [InlineData("""{"images":[{"id":1,"file_name":"a.png"}],"annotations":[{"image_id":1,"category_id":5,"segmentation":{"size":[2,2],"counts":"P"}}],"categories":[{"id":5,"name":"a"}]}""", "truncated")]
    [InlineData("""{"images":[{"id":1,"file_name":"a.png"},{"id":2,"file_name":"a.png"}],"annotations":[],"categories":[]}""", "listed twice")]
    [InlineData("""{"images":[],"annotations":[]}""", "no images")]
    public void Damage_of_COCO_is_told(string json, string finding)
    {
        FileFormatException error = Assert.Throws<FileFormatException>(() => CocoFile.Decode(Encoding.UTF8.GetBytes(json), "/data/a.json"));

        Assert.Equal(ErrorIds.OutlineInvalid, error.ErrorId);
        Assert.Contains(finding, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mask_whose_runs_are_longer_than_the_image_is_refused()
    {
        Assert.False(new RunLengthMask(2, 2, [1, 4]).TryFill(2, 2, new int[4]));
        Assert.False(new RunLengthMask(2, 2, [1, 2]).TryFill(2, 2, new int[4]));
        Assert.False(new RunLengthMask(2, 3, [1, 5]).TryFill(3, 2, new int[6]));
        Assert.False(new RunLengthMask(2, 2, [long.MaxValue, long.MaxValue]).TryFill(2, 2, new int[4]));
    }

    [Theory]
    [InlineData("""{"shapes":[],"imageHeight":3}""", true, false)]
    [InlineData("""{"images":[],"annotations":[],"categories":[]}""", false, true)]
    [InlineData("""{"labels":{"psoas":1},"images":3}""", false, false)]
    [InlineData("""[1,2]""", false, false)]
    [InlineData("", false, false)]
    public void Other_JSON_is_no_mask(string json, bool isLabelMe, bool isCoco) =>
        Assert.Equal((isLabelMe, isCoco), OutlineJson.KindOf(Encoding.UTF8.GetBytes(json)));

    private static int[] Draw(OutlineSet set, string label, int rows, int columns)
    {
        int[] pixels = new int[rows * columns];
        Assert.All(set.Outlines.Where(outline => outline.Label == label), outline => Assert.True(outline.TryFill(rows, columns, pixels)));
        return pixels;
    }
}
