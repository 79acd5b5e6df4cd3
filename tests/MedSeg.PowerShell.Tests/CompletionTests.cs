using System.Management.Automation;

namespace MedSeg.PowerShell.Tests;

/// <summary>What Tab offers, asked as a host asks.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Devices_are_those_of_the_machine()
    {
        Assert.Equal(["Auto", "Cpu"], Complete("Invoke-MedSegSegmentation -Device ").Take(2));
        Assert.Equal(["Cpu"], Complete("Measure-MedSegModel -Device cp"));
        Assert.Equal(["Auto", "Cpu"], Complete("Start-MedSegTraining -Device ").Take(2));
    }

    [Fact]
    public void Paths_of_models_are_models_and_folders()
    {
        string golden = Path.Combine(ModuleSession.Setting("RepositoryRoot"), "tests", "MedSeg.Engine.Tests", "Golden");
        File.Copy(Path.Combine(golden, "seed_checkpoint", "open_MR_autoseg_model_2.pt"), _session.PathOf("spine 1.pt"));
        Directory.CreateDirectory(_session.PathOf("spine-models"));
        File.WriteAllText(_session.PathOf("spine.txt"), "no model");
        File.WriteAllText(_session.PathOf("spine-models", "liver.safetensors"), "only the name counts here");

        Assert.Equal(["'spine 1.pt'", "spine-models"], Complete("Invoke-MedSegSegmentation scans -Model sp"));
        Assert.Equal(["spine-models/liver.safetensors"], Complete("Get-MedSegModel -Path spine-models/"));
        Assert.Equal(["./spine-models"], Complete("Export-MedSegModel -Path ./spine-"));
        Assert.Equal(["'spine 1.pt'"], Complete("Start-MedSegTraining -InitialModel 'spine 1"));
        Assert.Empty(Complete("Get-MedSegModel -Path nowhere/"));
    }

    [Fact]
    public void Folders_tell_which_runs_they_hold()
    {
        Directory.CreateDirectory(_session.PathOf("models"));
        File.WriteAllText(_session.PathOf("models", "spine.run.json"), "{}");

        CompletionResult result = Assert.Single(Results("Get-MedSegRun -Path mod"));
        Assert.Equal("models", result.CompletionText);
        Assert.EndsWith("models: spine", result.ToolTip, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_ROIs_come_from_models_here()
    {
        string golden = Path.Combine(ModuleSession.Setting("RepositoryRoot"), "tests", "MedSeg.Engine.Tests", "Golden");
        File.Copy(Path.Combine(golden, "seed_checkpoint", "open_MR_autoseg_model_2.pt"), _session.PathOf("seed.pt"));
        _session.Run("Import-MedSegModel seed.pt models/seed.safetensors -LabelName 'L psoas', Heart");

        Assert.Equal(["'L psoas'", "Heart"], Complete("Import-MedSegDataset data -LabelName "));
        Assert.Equal(["Heart"], Complete("Import-MedSegDataset data -LabelName h"));
    }

    [Fact]
    public void Names_of_ROIs_come_from_segmentations_of_the_data_set()
    {
        _session.Run("New-MedSegDemoDataset demo -Patients 1 -HeldOutPatients 1 -SlicesPerPatient 2");
        string golden = Path.Combine(ModuleSession.Setting("RepositoryRoot"), "tests", "MedSeg.Engine.Tests", "Golden");
        File.Copy(Path.Combine(golden, "seed_checkpoint", "open_MR_autoseg_model_2.pt"), _session.PathOf("seed.pt"));
        _session.Run("Import-MedSegModel seed.pt away/deep/seed.safetensors -LabelName Left, Right");
        _session.Run("Invoke-MedSegSegmentation demo/train/dicoms -Model away/deep/seed.safetensors -OutputPath data/labels -Format DicomSeg -WarningAction Ignore");

        Assert.Equal(["Left", "Right"], Complete("Import-MedSegDataset data -LabelName "));
    }

    [Fact]
    public void Folds_are_those_of_the_file_or_of_the_number()
    {
        File.WriteAllText(_session.PathOf("folds.csv"), "Name,Fold\na,1\nb,3\nc,3\n");

        Assert.Equal(["1", "3"], Complete("Start-MedSegTraining -FoldPath folds.csv -Fold "));
        Assert.Equal(["1", "2", "3", "4"], Complete("Start-MedSegTraining -Folds 4 -Fold "));
    }

    [Theory]
    [InlineData("Start-MedSegTraining -OptionsPath ./", "./a.json ./b.psd1")]
    [InlineData("Start-MedSegTraining -FoldPath ./", "./c.csv")]
    [InlineData("Export-MedSegReport -FoldPath ./", "./c.csv")]
    [InlineData("Test-MedSegLabels -FoldPath ./", "./c.csv")]
    [InlineData("Import-MedSegDataset -PairsPath ./", "./c.csv")]
    [InlineData("Start-MedSegTraining -GroupBy ", "Patient Group")]
    [InlineData("Start-MedSegTraining -OutputPath models -ModelName ", "liver spine")]
    [InlineData("Stop-MedSegRun models -ModelName s", "spine")]
    [InlineData("Import-MedSegDataset -InputSize 1", "128 192")]
    public void Arguments_of_one_kind_are_offered_values_of_that_kind(string line, string offered)
    {
        string[] files = ["a.json", "b.psd1", "c.csv", "d.png", "e.safetensors", "models/spine.run.json", "models/liver.run.json", "models/liver.safetensors"];
        Directory.CreateDirectory(_session.PathOf("models"));
        Array.ForEach(files, file => File.WriteAllText(_session.PathOf(file), "{}"));

        Assert.Equal(offered.Split(' '), Complete(line).Where(text => text != "./models"));
    }

    [Fact]
    public void Completion_loads_no_torch()
    {
        using var pwsh = new Pwsh.PwshProcess();
        Pwsh.PwshResult result = pwsh.Run("-Command", """
            Import-Module -Name MedSeg
            foreach ($line in 'Start-MedSegTraining -Device ', 'Import-MedSegDataset . -LabelName ', 'Get-MedSegModel -Path ') {
                $null = [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null)
            }
            [AppDomain]::CurrentDomain.GetAssemblies().ForEach{ $_.GetName().Name } -contains 'MedSeg.Engine'
            [AppDomain]::CurrentDomain.GetAssemblies().ForEach{ $_.GetName().Name } -contains 'TorchSharp'
            """);
        Assert.Equal(["True", "False"], result.Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
    }

    private string[] Complete(string line) => [.. Results(line).Select(result => result.CompletionText)];

    private System.Collections.ObjectModel.Collection<CompletionResult> Results(string line)
    {
        using System.Management.Automation.PowerShell shell = _session.Create(string.Empty);
        return CommandCompletion.CompleteInput(line, line.Length, null, shell).CompletionMatches;
    }
}
