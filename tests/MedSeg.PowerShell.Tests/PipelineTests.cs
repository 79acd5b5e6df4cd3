using System.Management.Automation;

namespace MedSeg.PowerShell.Tests;

/// <summary>The built module, driven as a script would.</summary>
public sealed class PipelineTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Data_set_trains_through_the_pipeline_and_leaves_model_history_and_plot()
    {
        Run("New-MedSegDemoDataset -Path data -Patients 3 -HeldOutPatients 1 -SlicesPerPatient 2");

        var records = Run("Import-MedSegDataset ./data/train -InputSize 32 | Start-MedSegTraining -Epochs 2 -OutputPath models -Device Cpu -ValidationFraction 0.3 | Export-MedSegHistory -Path h.csv -PlotPath h.png -PassThru");

        Assert.Equal([1, 2], records.Select(r => (int)r.Properties["Epoch"].Value));
        Assert.True(File.Exists(Path.Combine(_session.Folder, "models", "medseg.safetensors")));
        Assert.Equal(3, File.ReadAllLines(Path.Combine(_session.Folder, "h.csv")).Length);
        Assert.True(new FileInfo(Path.Combine(_session.Folder, "h.png")).Length > 1000);
    }

    [Fact]
    public void WhatIf_trains_nothing()
    {
        Run("New-MedSegDemoDataset -Path data -Patients 2 -HeldOutPatients 1 -SlicesPerPatient 1");

        Assert.Empty(Run("Import-MedSegDataset ./data/train -InputSize 32 | Start-MedSegTraining -OutputPath models -WhatIf"));
        Assert.False(Directory.Exists(Path.Combine(_session.Folder, "models")));
    }

    [Fact]
    public void Stopped_training_leaves_a_checkpoint_and_its_history_and_resumes_to_the_same_model()
    {
        Run("New-MedSegDemoDataset -Path data -Patients 3 -HeldOutPatients 1 -SlicesPerPatient 3");
        const string train = "Import-MedSegDataset ./data/train -InputSize 32 | Start-MedSegTraining -Device Cpu -BatchSize 2 -CheckpointInterval 100000 -OutputPath";

        // Stopped while records are being written and while steps are being computed: wherever it strikes, nothing is lost.
        for (int round = 0; round < 5; round++)
        {
            string folder = $"stopped{round}";
            StopAfterFirstRecord($"{train} {folder} -Epochs 100000 | Export-MedSegHistory -Path {folder}.csv -PassThru", 37 * round);
            string checkpoint = Path.Combine(_session.Folder, folder, "medseg.checkpoint.safetensors");
            Assert.True(File.Exists(checkpoint), $"Round {round} left no checkpoint.");
            int done = File.ReadAllLines(Path.Combine(_session.Folder, folder + ".csv")).Length - 1;
            Assert.True(done >= 1);

            int epochs = done + 3;
            Run($"{train} {folder} -Epochs {epochs} -Resume");
            Run($"{train} whole{round} -Epochs {epochs}");
            Assert.Equal(TensorBytes($"whole{round}"), TensorBytes(folder));
        }
    }

    [Fact]
    public void Preview_is_drawn()
    {
        Run("New-MedSegDemoDataset -Path data -Patients 2 -HeldOutPatients 1 -SlicesPerPatient 2");

        Assert.Single(Run("Import-MedSegDataset ./data/train -InputSize 64 | Export-MedSegPreview -Path p.png -Count 3"));
        Assert.True(File.Exists(Path.Combine(_session.Folder, "p.png")));
    }

    [Fact]
    public void Brackets_in_a_name_that_exists_are_no_wildcards()
    {
        Run("$demo = New-MedSegDemoDataset -Path 'set [1]' -Patients 1 -HeldOutPatients 1 -SlicesPerPatient 1");
        Run("$null = Import-MedSegDataset 'set [1]/train' -InputSize 32 | Start-MedSegTraining -Epochs 1 -BaseWidth 2 -Device Cpu -OutputPath 'runs [a]'");

        Assert.Single(Run("Invoke-MedSegSegmentation -Model 'runs [a]/medseg.safetensors' 'set [1]/heldout/dicoms' -OutputPath masks"));
        Assert.Single(Run("Invoke-MedSegSegmentation -Model 'runs `[a`]/medseg.safetensors' 'set `[1`]/heldout/dicoms' -OutputPath again"));
        Assert.Single(Run("Get-MedSegHistory 'runs [a]'"));

        // A pattern is still one, and the name of a file that is missing is looked for as a pattern.
        Assert.Single(Run("Get-MedSegHistory 'runs ?[a-c]?'"));
        Assert.Equal("PathNotFound", ModuleSession.IdOf(_session.Fail("Get-MedSegHistory 'runs [b]'")));
    }

    [Fact]
    public void Folders_come_by_wildcard_by_literal_path_and_from_the_pipeline()
    {
        Run("$demo = New-MedSegDemoDataset -Path 'set[1]' -Patients 1 -HeldOutPatients 1 -SlicesPerPatient 1");
        const string size = "-InputSize 32";

        Assert.Equal(2, Run($"Import-MedSegDataset 'set?1?/*' {size}").Count);
        Assert.Single(Run($"Import-MedSegDataset -LiteralPath 'set[1]/train' {size}"));
        Assert.Single(Run($"$demo | Import-MedSegDataset {size}"));
        Assert.Single(Run($"[System.IO.DirectoryInfo]::new($demo.TrainPath) | Import-MedSegDataset {size}"));
        Assert.Equal(2, Run($"'set?1?/train', 'set?1?/heldout' | Import-MedSegDataset {size}").Count);
        Assert.Single(Run($"Import-MedSegDataset -DicomPath 'set[1]/train/dicoms' -LabelPath 'set[1]/train/labels' {size}"));
    }

    [Fact]
    public void Verbose_tells_what_a_run_decided()
    {
        Run("New-MedSegDemoDataset -Path data -Patients 2 -HeldOutPatients 1 -SlicesPerPatient 1");

        using System.Management.Automation.PowerShell shell = Create(
            "$held = Import-MedSegDataset data/heldout -InputSize 32; Import-MedSegDataset ./data/train -InputSize 32 | Start-MedSegTraining -Epochs 1 -OutputPath m -Device Cpu -ValidationDataset $held -Verbose");
        shell.Invoke();

        string told = string.Join('\n', shell.Streams.Verbose);
        Assert.Contains("Device cpu (asked for: Cpu)", told, StringComparison.Ordinal);
        Assert.Contains("2 slices of 2 patients, validating on 1 slices of 1 patients", told, StringComparison.Ordinal);
        Assert.Contains("Starting anew with seed 0", told, StringComparison.Ordinal);
    }

    [Fact]
    public void Debug_tells_shapes_and_times_and_Information_what_was_made()
    {
        Run("New-MedSegDemoDataset -Path data -Patients 2 -HeldOutPatients 1 -SlicesPerPatient 1");

        using System.Management.Automation.PowerShell shell = Create(
            "Import-MedSegDataset ./data/train -InputSize 32 -Debug | Start-MedSegTraining -Epochs 1 -BaseWidth 2 -OutputPath m -Device Cpu -Debug -InformationAction Continue; Invoke-MedSegSegmentation data/heldout/dicoms -Model m/medseg.safetensors -OutputPath s -Debug");
        shell.Invoke();

        string told = string.Join('\n', shell.Streams.Debug);
        Assert.Matches(@"Importing .*dicoms: [0-9]+\.[0-9]{3} s\.", told);
        Assert.Matches(@"Epoch 1: [0-9.]+ s, [0-9.]+ slices/s in batches \[5, 1, 32, 32\], learning rate 0\.0001, peak memory [0-9]+ MB\.", told);
        Assert.Matches(@"[0-9]+ × [0-9]+ pixels, [0-9.]+ s since the start\.", told);
        InformationRecord made = Assert.Single(shell.Streams.Information);
        Assert.Matches(@"medseg\.safetensors: trained to epoch 1, loss [0-9.]+\.$", made.MessageData.ToString());
        Assert.Equal(["MedSeg"], made.Tags);
    }

    private void StopAfterFirstRecord(string script, int delay)
    {
        using System.Management.Automation.PowerShell shell = Create(script);
        using var first = new ManualResetEventSlim();
        using var output = new PSDataCollection<PSObject>();
        output.DataAdded += (_, _) => first.Set();
        IAsyncResult running = shell.BeginInvoke<PSObject, PSObject>(null, output);
        Assert.True(first.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken), "No epoch ended.");
        Thread.Sleep(delay);
        shell.Stop();
        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
    }

    // What follows the header, whose metadata tells times and paths.
    private byte[] TensorBytes(string folder)
    {
        byte[] content = File.ReadAllBytes(Path.Combine(_session.Folder, folder, "medseg.safetensors"));
        return content[(8 + (int)BitConverter.ToInt64(content))..];
    }

    private System.Management.Automation.PowerShell Create(string script) => _session.Create(script);

    private List<PSObject> Run(string script) => _session.Run(script);
}
