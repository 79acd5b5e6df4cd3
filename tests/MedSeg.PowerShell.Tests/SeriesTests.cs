using System.Management.Automation;

namespace MedSeg.PowerShell.Tests;

/// <summary>Series, tables, joined data sets and selections, through the built module.</summary>
public sealed class SeriesTests : IClassFixture<TrainedFixture>, IDisposable
{
    private const string Import = "-InputSize 32 -LabelName A, B, C, D";
    private readonly ModuleSession _session = new();

    public SeriesTests(TrainedFixture trained) => trained.CopyTo(_session.Folder);

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Series_of_an_archive_are_segmented_imported_and_described()
    {
        Directory.CreateDirectory(_session.PathOf("archive", "b"));
        Directory.Move(_session.PathOf("data", "dicoms"), _session.PathOf("archive", "a"));
        string[] images = [.. Directory.GetFiles(_session.PathOf("archive", "a")).Order(StringComparer.Ordinal)];

        Assert.Equal(["2 SeriesInfo True"], Texts("$s = Get-MedSegSeries archive -Recurse; '{0} {1} {2}' -f $s.Slices, $s.GetType().Name, ($s -is [MedSeg.SeriesInfo])"));
        Assert.Equal([Path.GetFileNameWithoutExtension(images[0]), Path.GetFileNameWithoutExtension(images[1])],
            Texts("(Get-MedSegSeries archive -Recurse | Where-Object Modality -eq MR | Invoke-MedSegSegmentation -Model m.safetensors -Device Cpu -OutputPath masks).Name | ForEach-Object { $_.Substring(2) } | Sort-Object"));
        Assert.Equal(2, Directory.GetFiles(_session.PathOf("masks", "a")).Length);
        Assert.Equal(["1 1"], Texts("$m = Get-MedSegSeries archive -Recurse | Invoke-MedSegSegmentation -Model m.safetensors -Device Cpu -OutputPath masks2 | Measure-MedSegArea; '{0} {1}' -f @($m.Series | Sort-Object -Unique).Count, 1"));
        Assert.Equal(images, Texts("(Get-MedSegSeries archive -Recurse | Get-MedSegImage).Path | Sort-Object"));

        Directory.CreateDirectory(_session.PathOf("labels"));
        Directory.Move(_session.PathOf("data", "labels"), _session.PathOf("labels", "a"));
        Assert.Equal(["2 1"], Texts($"Get-MedSegSeries archive -Recurse | Import-MedSegDataset -LabelPath labels -Recurse {Import} | ForEach-Object {{ '{{0}} {{1}}' -f $_.Count, $_.Patients }}"));
    }

    [Fact]
    public void Slices_of_two_series_with_the_same_file_names_have_masks_of_their_own()
    {
        ModuleSession.CopyFolder(_session.PathOf("data", "dicoms"), _session.PathOf("archive", "one"));
        ModuleSession.CopyFolder(_session.PathOf("data", "dicoms"), _session.PathOf("archive", "two"));

        Texts("Get-MedSegSeries archive/one, archive/two | Invoke-MedSegSegmentation -Model m.safetensors -Device Cpu -OutputPath masks");

        Assert.Equal(Directory.GetFiles(_session.PathOf("masks", "one")).Select(Path.GetFileName).Order(), Directory.GetFiles(_session.PathOf("masks", "two")).Select(Path.GetFileName).Order());
        Assert.Equal(2, Directory.GetFiles(_session.PathOf("masks", "one")).Length);
    }

    [Fact]
    public void A_path_that_does_not_exist_is_an_error_and_the_others_are_listed()
    {
        using System.Management.Automation.PowerShell shell = _session.Create("Get-MedSegSeries nowhere, data/dicoms");

        Assert.Single(shell.Invoke());
        Assert.Equal("PathNotFound", ModuleSession.IdOf(Assert.Single(shell.Streams.Error)));
    }

    [Fact]
    public void A_folder_without_images_is_mentioned_with_Recurse()
    {
        Directory.CreateDirectory(_session.PathOf("archive"));
        Directory.Move(_session.PathOf("data", "dicoms"), _session.PathOf("archive", "a"));

        Assert.EndsWith("No images were found. Subfolders are searched with -Recurse.", Assert.Single(Texts("Get-MedSegSeries archive 3>&1")), StringComparison.Ordinal);
        Assert.DoesNotContain(Texts("Get-MedSegSeries archive -Recurse 3>&1"), text => text.Contains("No images", StringComparison.Ordinal));
    }

    [Fact]
    public void A_patient_is_hashed_on_request()
    {
        string[] patients = Texts($"$p = (Get-MedSegSeries data/dicoms).Patient; $h = (Get-MedSegSeries data/dicoms -HashPatient).Patient; $p; $h; (Import-MedSegDataset data {Import}).Samples[0].Patient");

        Assert.NotEqual(patients[0], patients[1]);
        Assert.Equal(patients[1], patients[2]);
    }

    [Fact]
    public void The_table_fits_80_columns()
    {
        string table = string.Concat(Texts("Get-MedSegSeries data/dicoms | Format-Table | Out-String -Width 80"));

        Assert.Contains("Description", table, StringComparison.Ordinal);
        Assert.Contains("Problem", table, StringComparison.Ordinal);
        Assert.All(table.Split('\n'), line => Assert.True(line.TrimEnd().Length <= 80, line));
    }

    [Fact]
    public void A_table_of_pairs_is_imported_and_its_errors_name_the_line()
    {
        string[] images = [.. Directory.GetFiles(_session.PathOf("data", "dicoms")).Order(StringComparer.Ordinal)];
        string[] masks = [.. Directory.GetFiles(_session.PathOf("data", "labels")).Order(StringComparer.Ordinal)];
        File.WriteAllText(_session.PathOf("pairs.csv"), $"image;mask;patient;site;fold\n{images[0]};{masks[0]};x;Ulm;1\n{images[1]};{masks[1]};y;Bern;2\n");

        Assert.Equal(["2 2 Ulm Bern"], Texts($"$d = Import-MedSegDataset -PairsPath pairs.csv {Import}; '{{0}} {{1}} {{2}}' -f $d.Count, $d.Patients, ($d.Samples.Group -join ' ')"));
        Assert.Equal(["1 2"], Texts($"(Import-MedSegDataset -PairsPath pairs.csv {Import} | Invoke-MedSegCrossValidation -FoldPath pairs.csv -Epochs 1 -BaseWidth 2 -OutputPath cv -Device Cpu -Architecture UNet).Folds.Fold -join ' '"));

        File.WriteAllText(_session.PathOf("pairs.csv"), "image,mask\na,b,c\n");
        ErrorRecord error = _session.Fail("Import-MedSegDataset -PairsPath pairs.csv");
        Assert.Equal("TableInvalid", ModuleSession.IdOf(error));
        Assert.Contains("Line 2", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_sets_are_joined_selected_from_and_trained_on()
    {
        ModuleSession.CopyFolder(_session.PathOf("data"), _session.PathOf("other"));
        string script = $"$a = Import-MedSegDataset data {Import}; $b = Import-MedSegDataset other {Import}; ";

        Assert.Equal(["4 Ulm Ulm Bern Bern True"], Texts($"{script} $j = $a, $b | Join-MedSegDataset -Group Ulm, Bern -WarningAction SilentlyContinue; '{{0}} {{1}} {{2}}' -f $j.Count, ($j.Samples.Group -join ' '), ($j.Samples[0].Name -like 'Ulm/*')"));
        Assert.Equal(["2"], Texts("$b2 = $j | Select-MedSegSample -Group B*; $b2.Count"));
        Assert.Equal(["1"], Texts("($j | Select-MedSegSample { $_.Name -eq $j.Samples[1].Name }).Count"));
        Assert.Equal(["1"], Texts("($j | Select-MedSegSample -Name $j.Samples[2].Name).Count"));
        Assert.Equal(["4"], Texts("($j | Select-MedSegSample -Patient $j.Samples[0].Patient -Roi A).Count"));
        Assert.Equal(["1"], Texts("($b2 | Start-MedSegTraining -Epochs 1 -BaseWidth 2 -OutputPath run -Device Cpu).Count"));

        Assert.Equal("SelectionEmpty", ModuleSession.IdOf(_session.Fail("$j | Select-MedSegSample -ExcludePatient $j.Samples[0].Patient")));
        Assert.Equal("SelectionEmpty", ModuleSession.IdOf(_session.Fail("$j | Select-MedSegSample -Roi E")));
        Assert.Equal("JoinMismatch", ModuleSession.IdOf(_session.Fail("Join-MedSegDataset $a, (Import-MedSegDataset other -InputSize 32 -LabelName B, A, C, D)")));
    }

    [Fact]
    public void A_warning_says_that_a_patient_is_in_several_data_sets()
    {
        string[] texts = Texts($"$a = Import-MedSegDataset data {Import}; Join-MedSegDataset $a, $a -Group 1, 2 3>&1");

        Assert.StartsWith("1 patient is in several of the data sets", texts[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_volume_that_segmentation_wrote_is_imported_for_all_slices_of_a_flat_folder()
    {
        string script = "Invoke-MedSegSegmentation data/dicoms -Model m.safetensors -Device Cpu -OutputPath masks -Format Nifti | Out-Null; Import-MedSegDataset -DicomPath data/dicoms -LabelPath masks";

        Assert.Equal(["2 0"], Texts($"$d = {script.Split("; ")[0]}; $d = {script.Split("; ")[1]} {Import}; '{{0}} {{1}}' -f $d.Count, @($d.Problems).Count"));
    }

    [Fact]
    public void A_model_states_the_direction_of_its_volumes_and_segmentation_uses_it()
    {
        const string header = "NRRD0004\ntype: uchar\ndimension: 3\nspace: LPS\nsizes: 24 20 3\nspace directions: (0.7,0,0) (0,0.7,0) (0,0,4)\nencoding: raw\nspace origin: (0,0,0)\n\n";
        foreach ((string name, Func<int, int> value) in ((string, Func<int, int>)[])[("images/P1", i => i % 200), ("images/P2", i => i % 150), ("labels/P1", i => i % 24 / 5), ("labels/P2", i => i % 24 / 5)])
        {
            string path = _session.PathOf("set", name + ".nrrd");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, [.. System.Text.Encoding.Latin1.GetBytes(header), .. Enumerable.Range(0, 24 * 20 * 3).Select(i => (byte)value(i))]);
        }

        Texts($"Import-MedSegDataset set {Import} -SliceAxis Coronal | Start-MedSegTraining -Epochs 1 -BaseWidth 2 -OutputPath run -Device Cpu");

        Assert.Equal(["Coronal"], Texts("(Get-MedSegModel run/medseg.safetensors).SliceAxis"));
        Assert.Contains("SliceAxis", string.Concat(Texts("Get-MedSegModel run/medseg.safetensors | Format-List | Out-String")), StringComparison.Ordinal);
        Assert.Equal(["40"], Texts("(Invoke-MedSegSegmentation set/images -Model run/medseg.safetensors -Device Cpu -OutputPath masks).Count"));
        Assert.Contains(Texts("Invoke-MedSegSegmentation set/images -Model run/medseg.safetensors -Device Cpu -OutputPath masks2 -Verbose 4>&1"), text => text.Contains("second axis, as the volumes that the model was trained on", StringComparison.Ordinal));
        Assert.Equal(["6"], Texts("(Invoke-MedSegSegmentation set/images -Model run/medseg.safetensors -Device Cpu -OutputPath masks3 -SliceAxis Third).Count"));
        Assert.Equal(["40"], Texts("(Import-MedSegDataset set -Model run/medseg.safetensors).Count"));
    }

    private string[] Texts(string script) => [.. _session.Run($"{script} | ForEach-Object {{ \"$_\" }}").Select(text => text.ToString())];
}
