using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using System.Text;

namespace MedSeg.PowerShell.Tests;

/// <summary>The built module, driven as a script would.</summary>
public sealed class PipelineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;
    private readonly Runspace _runspace = HostedRunspace.Open();

    public PipelineTests()
    {
        string module = typeof(PipelineTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "ModulePath").Value!;
        Run($"Import-Module '{Path.Combine(module, "MedSeg.psd1")}' -ErrorAction Stop");
        _runspace.SessionStateProxy.Path.SetLocation(_folder);
    }

    public void Dispose()
    {
        _runspace.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Data_set_trains_through_the_pipeline_and_leaves_model_history_and_plot()
    {
        Run("New-MedSegDemoDataset -Path data -Patients 3 -HeldOutPatients 1 -SlicesPerPatient 2");

        var records = Run("Import-MedSegDataset ./data/train -InputSize 32 | Start-MedSegTraining -Epochs 2 -OutputPath models -Device Cpu -ValidationFraction 0.3 | Export-MedSegHistory -Path h.csv -PlotPath h.png -PassThru");

        Assert.Equal([1, 2], records.Select(r => (int)r.Properties["Epoch"].Value));
        Assert.True(File.Exists(Path.Combine(_folder, "models", "medseg.safetensors")));
        Assert.Equal(3, File.ReadAllLines(Path.Combine(_folder, "h.csv")).Length);
        Assert.True(new FileInfo(Path.Combine(_folder, "h.png")).Length > 1000);
    }

    [Fact]
    public void WhatIf_trains_nothing()
    {
        Run("New-MedSegDemoDataset -Path data -Patients 2 -HeldOutPatients 1 -SlicesPerPatient 1");

        Assert.Empty(Run("Import-MedSegDataset ./data/train -InputSize 32 | Start-MedSegTraining -OutputPath models -WhatIf"));
        Assert.False(Directory.Exists(Path.Combine(_folder, "models")));
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
            string checkpoint = Path.Combine(_folder, folder, "medseg.checkpoint.safetensors");
            Assert.True(File.Exists(checkpoint), $"Round {round} left no checkpoint.");
            int done = File.ReadAllLines(Path.Combine(_folder, folder + ".csv")).Length - 1;
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
        Assert.True(File.Exists(Path.Combine(_folder, "p.png")));
    }

    [Theory]
    [InlineData("Import-MedSegDataset ./nothing", "FolderNotFound")]
    [InlineData("Import-MedSegDataset ./data/train -InputSize 50", "InputSizeInvalid")]
    [InlineData("Import-MedSegDataset ./data/train -InputSize 32 | Start-MedSegTraining -OutputPath m -Device Cuda:7", "CudaNotAvailable")]
    [InlineData("Import-MedSegDataset ./data/train -InputSize 32 | Start-MedSegTraining -OutputPath m -ValidationFraction 0.5", "OnePatientOnly")]
    public void Run_that_cannot_start_ends_with_one_error(string script, string id)
    {
        Run("New-MedSegDemoDataset -Path data -Patients 1 -HeldOutPatients 1 -SlicesPerPatient 2");

        using System.Management.Automation.PowerShell shell = Create(script);

        Assert.Empty(shell.Invoke());
        ErrorRecord error = Assert.Single(shell.Streams.Error);
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_files_are_named_and_the_rest_goes_on()
    {
        Run("New-MedSegDemoDataset -Path data -Patients 2 -HeldOutPatients 1 -SlicesPerPatient 3");
        string dicoms = Path.Combine(_folder, "data", "train", "dicoms");
        string labels = Path.Combine(_folder, "data", "train", "labels");
        string[] images = [.. Directory.GetFiles(dicoms).Order(StringComparer.Ordinal)];
        File.WriteAllBytes(images[0], File.ReadAllBytes(images[0])[..400]);
        File.WriteAllText(Path.ChangeExtension(images[1].Replace(dicoms, labels, StringComparison.Ordinal), ".png"), "no png");
        File.Delete(images[2]);

        using System.Management.Automation.PowerShell shell = Create("Import-MedSegDataset ./data/train -InputSize 32");
        PSObject dataset = Assert.Single(shell.Invoke());

        Assert.Equal(3, dataset.Properties["Count"].Value);
        Assert.Equal(["DicomTruncated", "ImageMissing", "LabelFormat"], shell.Streams.Error.Select(e => e.FullyQualifiedErrorId.Split(',')[0]).Order());
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
        byte[] content = File.ReadAllBytes(Path.Combine(_folder, folder, "medseg.safetensors"));
        return content[(8 + (int)BitConverter.ToInt64(content))..];
    }

    private System.Management.Automation.PowerShell Create(string script)
    {
        System.Management.Automation.PowerShell shell = System.Management.Automation.PowerShell.Create(_runspace);
        return shell.AddScript(script);
    }

    private List<PSObject> Run(string script)
    {
        using System.Management.Automation.PowerShell shell = Create(script);
        List<PSObject> output = [.. shell.Invoke()];
        var errors = new StringBuilder().AppendJoin('\n', shell.Streams.Error);
        Assert.True(errors.Length == 0, errors.ToString());
        return output;
    }
}
