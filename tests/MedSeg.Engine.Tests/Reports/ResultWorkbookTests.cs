using System.IO.Compression;
using System.Text.Json;
using MedSeg.Comparison;
using MedSeg.Composition;
using MedSeg.Evaluation;
using MedSeg.Reports;
using MedSeg.Tests.Inference;

namespace MedSeg.Tests.Reports;

/// <summary>Workbooks, as openpyxl reads them.</summary>
public sealed class ResultWorkbookTests : IDisposable
{
    private const string Reader = """
        import json, sys, openpyxl
        book = openpyxl.load_workbook(sys.argv[1])
        rows = {sheet.title: [[[cell.data_type, cell.value if cell.data_type != 'd' else str(cell.value)] for cell in row] for row in sheet.rows] for sheet in book}
        print(json.dumps(rows))
        """;

    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("medseg").FullName, "results.xlsx");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Fact]
    public void Numbers_are_numbers_and_headers_have_units()
    {
        Dictionary<string, JsonElement[][]> book = Write(new ResultWorkbook("test"), ResultSheet.Of("Slices", [Slice("P01_S01", "Psoas", 0.1 + 0.2)]));

        string?[] header = [.. book["Slices"][0].Select(cell => cell[1].GetString())];
        Assert.Equal(["Slice", "Patient", "Location (mm)", "Roi", "Name", "Side", "Level", "Pixels", "Area (mm²)"], header[..9]);
        Assert.Contains("FatPercent (%)", header);
        Assert.Contains("LeanArea (mm²)", header);
        JsonElement area = book["Slices"][1][Array.IndexOf(header, "Area (mm²)")];
        Assert.Equal(("n", 0.1 + 0.2), (area[0].GetString(), area[1].GetDouble()));
        Assert.Equal(12, book["Slices"][1][Array.IndexOf(header, "Pixels")][1].GetInt64());
        Assert.Equal(JsonValueKind.Null, book["Slices"][1][Array.IndexOf(header, "Mean")][1].ValueKind);
    }

    [Theory]
    [InlineData("=1+1")]
    [InlineData("=HYPERLINK(\"http://x\",\"y\")")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("@SUM(A1)")]
    [InlineData("1.5")]
    [InlineData("2026-01-02")]
    [InlineData("< & \" '")]
    public void Names_stay_text_and_are_no_formula(string name)
    {
        Dictionary<string, JsonElement[][]> book = Write(new ResultWorkbook(name), ResultSheet.Of("Slices", [Slice(name, name, 1)]));

        JsonElement cell = book["Slices"][1][0];
        Assert.Equal(name, cell[1].GetString());
        using ZipArchive archive = ZipFile.OpenRead(_path);
        Assert.All(archive.Entries.Where(entry => entry.FullName.StartsWith("xl/worksheets/", StringComparison.Ordinal)), entry =>
        {
            using var reader = new StreamReader(entry.Open());
            Assert.DoesNotContain("<f", reader.ReadToEnd(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Values_that_no_cell_can_hold_are_empty_or_replaced()
    {
        Dictionary<string, JsonElement[][]> book = Write(new ResultWorkbook("test"), ResultSheet.Of("Slices", [Slice("a\u0001b", "x", double.NaN), Slice("c", new string('x', 40000), double.PositiveInfinity)]));

        Assert.Equal("a\uFFFDb", book["Slices"][1][0][1].GetString());
        Assert.All([1, 2], row => Assert.Equal(JsonValueKind.Null, book["Slices"][row][8][1].ValueKind));
        Assert.Equal(32767, book["Slices"][2][4][1].GetString()!.Length);
    }

    [Fact]
    public void Run_sheet_has_versions_options_and_no_folders()
    {
        var workbook = new ResultWorkbook("Measure-MedSegComposition");
        workbook.AddOptions(new CompositionOptions { FatMethod = FatMethod.Dixon, FatImagePath = "/home/anna/secret/fat", Erosion = 2 });
        workbook.AddOptions(new MaskComparisonOptions { Paths = [@"C:\study\anna", "/study/ben"] });

        Dictionary<string, JsonElement[][]> book = Write(workbook, ResultSheet.Of("Slices", [Slice("P01_S01", "Psoas", 1)]));

        var run = book["Run"].Skip(1).ToDictionary(row => row[0][1].GetString()!, row => row[1]);
        Assert.Equal("Measure-MedSegComposition", run["Command"][1].GetString());
        Assert.Equal("d", run["Created"][0].GetString());
        Assert.Matches(@"^\d+\.\d+\.\d+$", run["MedSeg"][1].GetString());
        Assert.Equal(("n", 2), (run["Option Erosion"][0].GetString(), run["Option Erosion"][1].GetInt32()));
        Assert.Equal("Dixon", run["Option FatMethod"][1].GetString());
        Assert.Equal("fat", run["Option FatImagePath"][1].GetString());
        Assert.Equal("anna, ben", run["Option Paths"][1].GetString());
    }

    [Fact]
    public void Unit_of_a_comparison_is_that_of_its_rows()
    {
        MaskScore score = new() { Patient = "P01", Roi = 1, Name = "A", RaterA = "a", RaterB = "b", AreaA = 1, AreaB = 2, PixelsA = 1, PixelsB = 2, Unit = "pixel" };

        Dictionary<string, JsonElement[][]> book = Write(new ResultWorkbook("test"), ResultSheet.Of("Pixels", [score]), ResultSheet.Of("Both", [score, score with { Unit = "mm" }]), ResultSheet.Of<ModelScore>("Empty", []));

        Assert.Contains("AreaA (pixel²)", book["Pixels"][0].Select(cell => cell[1].GetString()));
        Assert.Contains("AreaA (see AreaUnit)", book["Both"][0].Select(cell => cell[1].GetString()));
        Assert.Single(book["Empty"]);
    }

    private static RoiComposition Slice(string slice, string name, double area) =>
        new() { Slice = slice, Patient = "P01", Roi = 1, Name = name, Pixels = 12, Area = area, MeasuredPixels = 12, Erosion = 0, FatPercent = 25 };

    private Dictionary<string, JsonElement[][]> Write(ResultWorkbook workbook, params ResultSheet[] sheets)
    {
        using (FileStream stream = File.Create(_path))
        {
            workbook.Write(stream, sheets);
        }

        return JsonSerializer.Deserialize<Dictionary<string, JsonElement[][]>>(OutsideTool.Run("/usr/bin/python3", "-c", Reader, _path))!;
    }
}
