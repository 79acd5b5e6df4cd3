using System.Management.Automation;
using System.Text.RegularExpressions;

namespace MedSeg.PowerShell.Tests;

/// <summary>Export-MedSegReport and Import-MedSegReview at the prompt.</summary>
public sealed class ReportTests : IClassFixture<TrainedFixture>, IDisposable
{
    private const string Segment = "Invoke-MedSegSegmentation ./data/dicoms -Model m.safetensors -OutputPath masks -Device Cpu -Force";
    private readonly ModuleSession _session = new();

    public ReportTests(TrainedFixture fixture) => fixture.CopyTo(_session.Folder);

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Segmented_slices_give_a_page_that_shows_each()
    {
        PSObject file = Assert.Single(_session.Run($"{Segment} | Export-MedSegReport ./reports/run.html"));

        Assert.Equal(_session.PathOf("reports", "run.html"), file.Properties["FullName"].Value);
        string page = File.ReadAllText(_session.PathOf("reports", "run.html"));
        Assert.Equal(2, Regex.Count(page, "<img alt=\"Slice P03_S0[12] with "));
        Assert.Contains("data-image=\"../data/dicoms/P03_S01.dcm\" data-mask=\"../masks/P03_S01.png\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_give_the_page_of_an_earlier_run()
    {
        _session.Run(Segment);

        _session.Run("Export-MedSegReport run.htm -MaskPath masks -ImagePath data/dicoms -LabelName A, B, C, D");

        Assert.Contains("</span>D</td>", File.ReadAllText(_session.PathOf("run.htm")).Replace("\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Data_set_gives_its_contact_sheet_also_where_all_is_well()
    {
        _session.Run("Import-MedSegDataset ./data -InputSize 32 | Export-MedSegReport labels.html");

        string page = File.ReadAllText(_session.PathOf("labels.html"));
        Assert.Contains("No problems found in any sample.", page, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(page, "class=\"card\""));
    }

    [Fact]
    public void Run_and_its_model_give_the_page_of_the_training()
    {
        _session.Run("$set = Import-MedSegDataset ./data -InputSize 32 -LabelName A, B, C, D; $set | Start-MedSegTraining -Epochs 1 -BaseWidth 2 -OutputPath out -ModelName mine -Device Cpu");

        _session.Run("Get-MedSegRun out | Export-MedSegReport run.html; Export-MedSegReport model.html -Model out/mine.saf*; $set | Export-MedSegReport labels.html");

        Assert.All(["run.html", "model.html"], (string page) => Assert.Contains("-ModelName &#39;mine&#39;", File.ReadAllText(_session.PathOf(page)), StringComparison.Ordinal));
        Assert.Contains("<h1>Label inspection</h1>", File.ReadAllText(_session.PathOf("labels.html")), StringComparison.Ordinal);
        ErrorRecord error = _session.Fail("$run = Get-MedSegRun out; $null = $run, $run | Export-MedSegReport two.html");
        Assert.Equal("ReportTwice", ModuleSession.IdOf(error));
    }

    [Fact]
    public void Cross_validation_gives_its_page_with_and_without_pictures()
    {
        _session.Run("$demo = New-MedSegDemoDataset more -Patients 2 -HeldOutPatients 1 -SlicesPerPatient 2; $set = Import-MedSegDataset more/train -InputSize 32; $cv = $set | Invoke-MedSegCrossValidation -Folds 2 -Epochs 1 -BaseWidth 2 -OutputPath cv -Device Cpu");

        _session.Run("$cv | Export-MedSegReport a.html; $cv | Export-MedSegReport b.html -Dataset $set -Device Cpu");

        Assert.Equal([0, 4], ((string[])["a.html", "b.html"]).Select(page => Regex.Count(File.ReadAllText(_session.PathOf(page)), "<figure>")));
    }

    [Fact]
    public void A_scene_of_Slicer_names_images_and_masks()
    {
        _session.Run($"{Segment} -Format SegNrrd | Export-MedSegReport scenes/run.mrml -Scene");

        Assert.Contains("=\"../data/dicoms/P03_S01.dcm\"", File.ReadAllText(_session.PathOf("scenes", "run.mrml")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SegNrrd")]
    [InlineData("DicomSeg")]
    [InlineData("RtStruct")]
    public void Folders_of_named_segments_show_their_names(string format)
    {
        _session.Run($"$null = {Segment.Replace("-OutputPath masks", $"-OutputPath named -Format {format}", StringComparison.Ordinal)}; Export-MedSegReport named.html -MaskPath named -ImagePath data/dicoms; Export-MedSegReport named.png -MaskPath named -ImagePath data/dicoms -ContactSheet");

        string page = File.ReadAllText(_session.PathOf("named.html"));
        Assert.Equal(2, Regex.Count(page, "<img alt=\"Slice P03_S0[12] with "));
        Assert.DoesNotContain("ROI 1", page, StringComparison.Ordinal);
        Assert.True(File.Exists(_session.PathOf("named.png")));
    }

    [Fact]
    public void Contact_sheet_is_a_picture()
    {
        _session.Run($"{Segment} | Export-MedSegReport sheet.png -ContactSheet -Filled");

        Assert.Equal("PNG", System.Text.Encoding.ASCII.GetString(File.ReadAllBytes(_session.PathOf("sheet.png"))[1..4]));
        Assert.Equal("OutputExtension", ModuleSession.IdOf(_session.Fail($"{Segment} | Export-MedSegReport sheet.html -ContactSheet")));
    }

    [Theory]
    [InlineData("$set | Export-MedSegReport r.pdf", "OutputExtension")]
    [InlineData("'x' > r.html; $set | Export-MedSegReport r.html", "FileExists")]
    [InlineData("Export-MedSegReport r.html -MaskPath gone -ImagePath data/dicoms", "FolderNotFound")]
    [InlineData("Export-MedSegReport r.html -MaskPath . -ImagePath data/dicoms", "EmptyReport")]
    [InlineData("Import-MedSegReview data/dicoms/P03_S01.dcm", "ReviewInvalid")]
    [InlineData("Export-MedSegReport r.png -MaskPath data/labels -ImagePath data/dicoms -Strip 2 -Animation", "ReportKinds")]
    [InlineData("Export-MedSegReport r.html -MaskPath data/labels -ImagePath data/dicoms -Strip 2", "OutputExtension")]
    [InlineData("Export-MedSegReport r.mrml -MaskPath data/labels -ImagePath data/dicoms -Scene", "SceneMasks")]
    [InlineData("Export-MedSegReport r.html -MaskPath data/labels -ImagePath data/dicoms -Scene", "OutputExtension")]
    [InlineData("Import-MedSegReview gone.csv", "FileNotFound")]
    public void Errors_are_reported(string command, string id) =>
        Assert.Equal(id, ModuleSession.IdOf(_session.Fail("$set = Import-MedSegDataset ./data -InputSize 32; " + command)));

    [Fact]
    public void Nothing_is_written_with_WhatIf()
    {
        _session.Run("Import-MedSegDataset ./data -InputSize 32 | Export-MedSegReport labels.html -WhatIf");
        Save("Accept", "Accept");
        Assert.Empty(_session.Run("Import-MedSegReview review.csv -OutputPath round2 -WhatIf"));

        Assert.False(File.Exists(_session.PathOf("labels.html")) || Directory.Exists(_session.PathOf("round2")));
    }

    [Fact]
    public void Accepted_slices_are_imported_and_others_are_not()
    {
        Save("Accept", "Reject");

        Assert.Equal(["P03_S01 Accept", "P03_S02 Reject"], _session.Run("Import-MedSegReview review.csv | ForEach-Object { \"$($_.Name) $($_.Decision)\" }").Select(o => o.ToString()));
        PSObject copy = Assert.Single(_session.Run("Import-MedSegReview *.csv -OutputPath round2"));
        Assert.Equal(_session.PathOf("round2", "labels", "P03_S01.png"), copy.Properties["MaskPath"].Value);
        Assert.Equal(1, Assert.Single(_session.Run("Import-MedSegDataset round2 -InputSize 32")).Properties["Count"].Value);
    }

    [Fact]
    public void Accepted_frames_of_a_stack_are_imported_and_the_mask_of_another_run_is_an_error()
    {
        WriteArray("stack.npy", [3, 20, 20], i => (byte)(i % 251));
        foreach (int frame in (int[])[1, 2, 3])
        {
            WriteArray($"a{frame}.npy", [20, 20], i => (byte)(i < 40 * frame ? 1 : 0));
        }

        File.WriteAllLines(_session.PathOf("review.csv"),
        [
            "Name,Series,Frame,Image,Mask,Decision,Comment,Axis",
            .. new[] { 1, 3 }.Select(frame => $"stack_f{frame},stack,{frame},stack.npy,a{frame}.npy,Accept,,"),
            "stack_f2,stack,2,stack.npy,a2.npy,Reject,,",
            "stack_f1,stack,1,stack.npy,a2.npy,Accept,,",
        ]);
        using System.Management.Automation.PowerShell shell = _session.Create("Import-MedSegReview review.csv -OutputPath round2");

        Assert.Equal(["stack_f1", "stack_f3"], shell.Invoke().Select(copy => copy.Properties["Name"].Value));
        Assert.Equal("FileExists", ModuleSession.IdOf(Assert.Single(shell.Streams.Error)));
        Assert.Equal(["stack_f1 40", "stack_f3 120"], _session.Run("(Import-MedSegDataset round2 -InputSize 32).Samples | ForEach-Object { \"$($_.Name) $($_.RoiPixels[1])\" }").Select(o => o.ToString()));
    }

    [Fact]
    public void Accepted_slice_without_files_is_an_error_and_the_next_one_is_returned()
    {
        Save("Accept", "Accept");
        File.Delete(_session.PathOf("data", "labels", "P03_S01.png"));
        using System.Management.Automation.PowerShell shell = _session.Create("Import-MedSegReview review.csv");

        Assert.Equal("P03_S02", Assert.Single(shell.Invoke()).Properties["Name"].Value);
        ErrorRecord error = Assert.Single(shell.Streams.Error);
        Assert.Equal("ReviewFileMissing", ModuleSession.IdOf(error));
        ModuleSession.RequireComplete(error);
    }

    [Fact]
    public void A_viewer_is_in_the_page_or_the_build_does_not_have_it()
    {
        _session.Run("New-Item -ItemType Directory masks; Copy-Item data/labels/* masks");
        string told = _session.Run("try { (Export-MedSegReport viewer.html -MaskPath masks -ImagePath data/dicoms -Interactive).Name } catch { $_.FullyQualifiedErrorId }")[^1].ToString();

        if (told == "viewer.html")
        {
            Assert.Contains("data-viewer-slice", File.ReadAllText(_session.PathOf(told)), StringComparison.Ordinal);
            return;
        }

        Assert.StartsWith("NiiVueMissing,", told, StringComparison.Ordinal);
        Assert.False(File.Exists(_session.PathOf("viewer.html")));
    }

    private void WriteArray(string name, int[] shape, Func<int, byte> value)
    {
        string header = $"{{'descr': '|u1', 'fortran_order': False, 'shape': ({string.Join(", ", shape)}), }}".PadRight(117) + "\n";
        byte[] prefix = [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0];
        File.WriteAllBytes(_session.PathOf(name), [.. prefix, .. System.Text.Encoding.ASCII.GetBytes(header), .. Enumerable.Range(0, shape.Aggregate((a, b) => a * b)).Select(value)]);
    }

    private void Save(params string[] decisions) => File.WriteAllLines(
        _session.PathOf("review.csv"),
        ["Name,Series,Frame,Image,Mask,Decision,Comment", .. decisions.Select((decision, i) => $"P03_S0{i + 1},,,data/dicoms/P03_S0{i + 1}.dcm,data/labels/P03_S0{i + 1}.png,{decision},")]);
}
