using System.Management.Automation;

namespace MedSeg.PowerShell.Tests;

/// <summary>Test-MedSegRun of the built module.</summary>
public sealed class RunFileTests : IDisposable
{
    private const string Train = "Import-MedSegDataset ./demo/train -InputSize 32 | Start-MedSegTraining -BaseWidth 2 -Device Cpu -CheckpointMinutes 0 -TensorBoard -OutputPath ./runs/night";
    private readonly ModuleSession _session = new();

    public RunFileTests()
    {
        _session.Run("$null = New-MedSegDemoDataset ./demo -Patients 2 -HeldOutPatients 1 -SlicesPerPatient 1");
        _session.Run($"$null = {Train} -Epochs 3 -ValidationFraction 0.5 -ReportInterval 1");
    }

    private string Folder => _session.PathOf("runs", "night");

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Whole_run_is_ok_file_by_file()
    {
        string[] files = [.. _session.Run("Test-MedSegRun ./runs | ForEach-Object { '{0} {1} {2}' -f $_.State, $_.Kind, (Split-Path $_.Path -Leaf) }").Select(file => file.ToString())];

        Assert.Equal(
            [
                "Ok Status medseg.run.json", "Ok Model medseg.safetensors", "Ok Checkpoint medseg.checkpoint.safetensors", "Ok Checkpoint medseg.checkpoint-1.safetensors",
                "Ok BestCheckpoint medseg.best.safetensors", "Ok Log medseg.log.jsonl",
            ],
            files[..6]);
        Assert.StartsWith("Ok TensorBoard events.out.tfevents.", Assert.Single(files[6..]), StringComparison.Ordinal);
        Assert.Equal(true, Single("Get-MedSegRun ./runs | Test-MedSegRun -Quiet"));
        Assert.Equal(7, _session.Run("Get-MedSegRun ./runs | Test-MedSegRun; Test-MedSegRun ./r*s -ModelName med* | Select-Object -Skip 7").Count);
    }

    [Fact]
    public void Damage_of_each_file_is_found_and_the_run_resumes_as_advised()
    {
        Flip("medseg.checkpoint.safetensors");
        Flip("medseg.safetensors");
        Flip(Path.GetRelativePath(Folder, Assert.Single(Directory.GetFiles(Path.Combine(Folder, "tensorboard", "medseg")))));
        File.WriteAllText(Path.Combine(Folder, "medseg.run.json"), "{");
        string log = Path.Combine(Folder, "medseg.log.jsonl");
        string[] lines = File.ReadAllLines(log);
        File.WriteAllText(log, string.Join('\n', [.. lines[..2], "planted", .. lines[3..]]));

        List<PSObject> wrong = _session.Run("Test-MedSegRun ./runs | Where-Object State -ne Ok");

        Assert.Equal(["Status", "Model", "Checkpoint", "Log", "TensorBoard"], wrong.Select(file => Text(file, "Kind")));
        Assert.All(wrong, file => Assert.Equal("Damaged", Text(file, "State")));
        Assert.All(wrong, file => Assert.NotEmpty(Text(file, "Advice")));
        Assert.DoesNotContain(wrong, file => Text(file, "Finding").Contains(Folder, StringComparison.Ordinal));
        Assert.Contains("continues from medseg.checkpoint-1.safetensors, where 2 epochs are done", Text(wrong[1], "Advice"), StringComparison.Ordinal);
        Assert.Contains("-Resume continues from medseg.checkpoint-1.safetensors", Text(wrong[2], "Advice"), StringComparison.Ordinal);
        Assert.Equal("1 of 5 lines cannot be read, the first of them line 3.", Text(wrong[3], "Finding"));
        Assert.Equal(false, Single("Test-MedSegRun ./runs -Quiet"));

        File.Delete(Path.Combine(Folder, "medseg.safetensors"));
        _session.Run($"$null = {Train} -Epochs 3 -Resume -WarningAction SilentlyContinue");

        // The resumed run keeps the damaged checkpoint as an earlier one.
        List<PSObject> left = _session.Run("Test-MedSegRun ./runs | Where-Object State -ne Ok");
        Assert.Equal(["Checkpoint", "TensorBoard"], left.Select(file => Text(file, "Kind")));
        Assert.Equal("Nothing to do: medseg.checkpoint.safetensors is newer and whole.", Text(left[0], "Advice"));

        // The checkpoint had the line that the log lost.
        Assert.Equal([1, 2, 3], _session.Run($"(Get-MedSegHistory '{Folder}').Epoch").Select(epoch => (int)epoch.BaseObject));
    }

    [Fact]
    public void What_is_missing_or_cut_short_is_incomplete()
    {
        File.Delete(Path.Combine(Folder, "medseg.safetensors"));
        string log = Path.Combine(Folder, "medseg.log.jsonl");
        File.WriteAllText(log, File.ReadAllText(log)[..^20]);
        string events = Assert.Single(Directory.GetFiles(Path.Combine(Folder, "tensorboard", "medseg")));
        File.WriteAllBytes(events, File.ReadAllBytes(events)[..^5]);
        File.WriteAllText(Path.Combine(Folder, $"medseg.safetensors.99999999-{Guid.NewGuid():N}.partial"), string.Empty);
        File.WriteAllText(Path.Combine(Folder, $"medseg.v2.safetensors.99999999-{Guid.NewGuid():N}.partial"), "of another run");

        List<PSObject> wrong = _session.Run("Test-MedSegRun ./runs | Where-Object State -ne Ok");

        Assert.Equal(["Model", "Log", "TensorBoard", "LeftOver"], wrong.Select(file => Text(file, "Kind")));
        Assert.All(wrong, file => Assert.Equal("Incomplete", Text(file, "State")));
        Assert.StartsWith("Run the training command again with -Resume", Text(wrong[0], "Advice"), StringComparison.Ordinal);

        foreach (string file in Directory.GetFiles(Folder, "*.safetensors"))
        {
            File.Delete(file);
        }

        Assert.Contains("start anew with -Force", Text(_session.Run("Test-MedSegRun ./runs | Where-Object Kind -eq Model")[0], "Advice"), StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_without_a_run_is_an_error_and_not_whole()
    {
        Assert.Equal("RunNotFound", ModuleSession.IdOf(_session.Fail("Test-MedSegRun ./demo")));
        Assert.Equal("RunNotFound", ModuleSession.IdOf(_session.Fail("Test-MedSegRun ./runs -ModelName other")));
        Assert.Equal("FolderNotFound", ModuleSession.IdOf(_session.Fail("Test-MedSegRun ./nowhere")));
        Assert.Equal(false, Single("Test-MedSegRun ./demo -Quiet -ErrorAction SilentlyContinue; $Error.Clear()"));
    }

    private static string Text(PSObject file, string property) => file.Properties[property].Value?.ToString() ?? string.Empty;

    private object Single(string script)
    {
        using System.Management.Automation.PowerShell shell = _session.Create(script);
        return Assert.Single(shell.Invoke()).BaseObject;
    }

    private void Flip(string name)
    {
        string path = Path.Combine(Folder, name);
        byte[] content = File.ReadAllBytes(path);
        content[^10] ^= 0x40;
        File.WriteAllBytes(path, content);
    }
}
