using System.Management.Automation;

namespace MedSeg.PowerShell.Tests;

/// <summary>Test-MedSegLabels of the built module, on masks that were altered on disk.</summary>
public sealed class LabelInspectionTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public LabelInspectionTests()
    {
        _session.Run("New-MedSegDemoDataset -Path data -Patients 3 -HeldOutPatients 1 -SlicesPerPatient 6");

        // One patient's slices as they would be after the masks of two were mixed up.
        string labels = Path.Combine(_session.Folder, "data", "train", "labels");
        File.Copy(Path.Combine(labels, "P01_S01.png"), Path.Combine(labels, "P01_S06.png"), overwrite: true);
    }

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Mistake_is_reported_shown_and_makes_quiet_false()
    {
        const string import = "Import-MedSegDataset ./data/train -InputSize 64";
        string[] suspect = [.. _session.Run($"({import} | Test-MedSegLabels -ReportPath page.html).Where({{ $_.IsSuspect }}).Name").Select(o => (string)o.BaseObject)];

        Assert.Contains("P01_S06", suspect);
        Assert.Contains("MaskTwice", File.ReadAllText(Path.Combine(_session.Folder, "page.html")), StringComparison.Ordinal);
        Assert.Equal(false, Assert.Single(_session.Run($"{import} | Test-MedSegLabels -Quiet")).BaseObject);
        PSObject summary = Assert.Single(_session.Run($"{import} | Test-MedSegLabels -Summary"));
        Assert.Equal(suspect.Length, summary.Properties["Suspect"].Value);
    }

    [Fact]
    public void Page_is_not_replaced_without_force()
    {
        File.WriteAllText(Path.Combine(_session.Folder, "page.html"), "mine");

        ErrorRecord error = _session.Fail("Import-MedSegDataset ./data/train -InputSize 64 | Test-MedSegLabels -ReportPath page.html");

        Assert.Equal("FileExists", ModuleSession.IdOf(error));
        Assert.Equal("mine", File.ReadAllText(Path.Combine(_session.Folder, "page.html")));
    }

    [Fact]
    public void Models_rank_the_slices_that_they_did_not_see_and_draw_the_first()
    {
        PSObject[] ranked =
        [
            .. _session.Run("""
                $set = Import-MedSegDataset ./data/train -InputSize 32 -LabelName A, B, C, D
                $folds = $set | Invoke-MedSegCrossValidation -Folds 3 -Epochs 1 -BaseWidth 2 -Device Cpu -OutputPath cv
                $set | Test-MedSegLabels -CrossValidation $folds -PicturePath review -PictureCount 2 -Device Cpu
                """),
        ];

        Assert.Equal(18, ranked.Length);
        Assert.Equal(Enumerable.Range(1, 18), ranked.Select(r => (int)r.Properties["Rank"].Value));
        string[] pictures = [.. ranked.Take(2).Select(r => (string)r.Properties["PicturePath"].Value)];
        Assert.Equal(Directory.GetFiles(_session.PathOf("review")).Order(), pictures);
        Assert.Null(ranked[2].Properties["PicturePath"].Value);
        const string models = "Import-MedSegDataset ./data/train -InputSize 32 -LabelName A, B, C, D | Test-MedSegLabels -Device Cpu -Model";
        Assert.Equal(ranked.Select(r => r.Properties["Name"].Value), _session.Run($"({models} cv/medseg-fold?.safetensors).Name").Select(n => n.BaseObject));
        Assert.Equal("A", Assert.Single(_session.Run($"({models} cv/medseg-fold?.safetensors)[0].Rois[0].Name")).BaseObject);
        Assert.Equal("FileExists", ModuleSession.IdOf(_session.Fail($"{models} cv/medseg-fold?.safetensors -PicturePath review -PictureCount 1")));
    }

    [Fact]
    public void Warnings_give_the_number_of_slices_that_the_model_was_trained_on_and_say_that_it_is_poor()
    {
        using System.Management.Automation.PowerShell shell = _session.Create("""
            $set = Import-MedSegDataset ./data/train -InputSize 32
            $null = $set | Start-MedSegTraining -Folds 3 -Epochs 1 -BaseWidth 2 -Device Cpu -OutputPath one
            $set | Test-MedSegLabels -Model one/medseg.safetensors -Device Cpu | Group-Object IsHeldOut -NoElement
            """);

        Assert.Equal(2, shell.Invoke().Count);
        Assert.Empty(shell.Streams.Error);
        Assert.Contains("12 of 18 slices were used to train the models that judge them", shell.Streams.Warning[0].Message, StringComparison.Ordinal);
        Assert.Contains("so they cannot judge labels yet", shell.Streams.Warning[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pixels_of_the_IgnoreLabel_are_left_out_from_import_to_scores()
    {
        // The third ROI as an area that nobody judged.
        const string import = "Import-MedSegDataset ./data/train -InputSize 32 -LabelMap @{ 4 = 3 } -LabelName A, B, C";
        PSObject all = Assert.Single(_session.Run($"{import} -IgnoreLabel 3 -Cache Disk | ForEach-Object {{ [pscustomobject] @{{ Value = $_.IgnoreLabel; Ignored = ($_.Samples.IgnoredPixels | Measure-Object -Sum).Sum; C = ($_ | Test-MedSegLabels -Summary).Rois[2].Slices }} }}"));

        Assert.Equal(3, all.Properties["Value"].Value);
        Assert.True((double)all.Properties["Ignored"].Value > 0);
        Assert.Equal(18, all.Properties["C"].Value);
        string[] scores = [.. _session.Run($"""
            $data = {import} -IgnoreLabel 3 -Cache Disk
            $last = @($data | Start-MedSegTraining -Epochs 1 -BaseWidth 2 -Device Cpu -OutputPath ignoring -ValidationFraction 0.3 -ReportInterval 1)[-1]
            [double]::IsFinite($last.Loss)
            @($data | Measure-MedSegModel -Model ignoring/medseg.safetensors -Device Cpu).Count
            (Export-MedSegPreview -Dataset $data -Path preview.png).Length -gt 0
            """).Select(v => v.ToString())];
        Assert.Equal(["True", "3", "True"], scores);
        Assert.Equal("IgnoreLabelInvalid", ModuleSession.IdOf(_session.Fail("Import-MedSegDataset ./data/train -LabelName A, B, C, D -IgnoreLabel 2")));
    }

    [Fact]
    public void PartialLabel_says_what_was_drawn_in_a_folder()
    {
        foreach (string part in (string[])["dicoms", "labels"])
        {
            Directory.CreateDirectory(_session.PathOf("sites", part));
            ModuleSession.CopyFolder(_session.PathOf("data", "train", part), _session.PathOf("sites", part, "siteA"));
            ModuleSession.CopyFolder(_session.PathOf("data", "train", part), _session.PathOf("sites", part, "siteB"));
        }

        const string import = "Import-MedSegDataset ./sites -Recurse -InputSize 32 -LabelName A, B, C, D -WarningAction Ignore -PartialLabel";
        Assert.Equal("18", Assert.Single(_session.Run($"@(({import} @{{ siteB = 'A', 3 }}).Samples.Where({{ \"$($_.DrawnRois)\" -eq '1 3' }})).Count")).ToString());
        Assert.Equal(["36", "18", "36", "18"], _session.Run($"$data = {import} @{{ siteB = 'A', 'C' }}; $null = $data | Start-MedSegTraining -Epochs 1 -BaseWidth 2 -Device Cpu -OutputPath partial; ($data | Measure-MedSegModel -Model partial/medseg.safetensors -Device Cpu).Slices").Select(n => n.ToString()));
        Assert.Equal("PartialLabelInvalid", ModuleSession.IdOf(_session.Fail($"{import} @{{ siteC = 'A' }}")));
    }
}
