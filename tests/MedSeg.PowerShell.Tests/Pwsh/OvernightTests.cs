using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MedSeg.PowerShell.Tests.Pwsh;

/// <summary>Real processes that train, and are killed, starved or left alone.</summary>
public sealed class OvernightTests : IDisposable
{
    private const int Kills = 50;

    private readonly PwshProcess _pwsh = new();
    private readonly string _data;

    public OvernightTests()
    {
        PwshResult demo = _pwsh.Run("-Command", "New-MedSegDemoDataset -Path data -Patients 3 -HeldOutPatients 1 -SlicesPerPatient 3 | Out-Null");
        Assert.Equal(0, demo.Code);
        _data = Path.Combine(_pwsh.Folder, "data", "train");
    }

    public void Dispose() => _pwsh.Dispose();

    [Fact]
    public async Task Run_killed_fifty_times_ends_bit_identical_to_an_uninterrupted_one()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGKILL.");
        var random = new Random(5);
        string log = Path.Combine(_pwsh.Folder, "killed", "medseg.log.jsonl");
        for (int kill = 0; kill < Kills; kill++)
        {
            int lines = Lines(log);

            // Within the first epoch, within a later one, or while a checkpoint is written.
            int wanted = lines + 1 + random.Next(0, 4);
            using Process run = _pwsh.Start([.. PwshProcess.CommandLine, "-Command", Command("killed", 1_000_000) + " -Resume"]);
            Task<string> output = run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            Task<string> error = run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            long waited = Stopwatch.GetTimestamp();
            while (Lines(log) < wanted)
            {
                Assert.False(run.HasExited, $"Run {kill} ended by itself: {(run.HasExited ? await error : string.Empty)}");
                Assert.True(Stopwatch.GetElapsedTime(waited) < TimeSpan.FromMinutes(3), $"Run {kill} does not go on.");
                await Task.Delay(5, TestContext.Current.CancellationToken);
            }

            await Task.Delay(random.Next(0, 150), TestContext.Current.CancellationToken);
            run.Kill();
            await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        // Of the last kill, the newest checkpoint may not have got its final name yet; the one before has a number.
        string[] checkpoints = Directory.GetFiles(Path.Combine(_pwsh.Folder, "killed"), "medseg.checkpoint*.safetensors");
        int epochs = checkpoints.Max(path => (int)State(path)["Epoch"]!) + 2;
        PwshResult last = _pwsh.Run("-Command", Command("killed", epochs) + " -Resume");
        PwshResult whole = _pwsh.Run("-Command", Command("whole", epochs));

        Assert.Equal((0, 0, string.Empty), (last.Code, whole.Code, last.Error));
        Assert.True(epochs > 10, $"Only {epochs} epochs were trained between the kills.");
        Assert.Equal(Tensors("whole/medseg.checkpoint.safetensors"), Tensors("killed/medseg.checkpoint.safetensors"));
        Assert.Equal(History("whole"), History("killed"));
        Assert.Empty(Directory.GetFiles(Path.Combine(_pwsh.Folder, "killed"), "*.partial"));
    }

    [Fact]
    public void Full_disk_ends_the_run_with_its_cause_and_a_checkpoint_that_loads()
    {
        // A disk of its own in a name space of its own; what is left on it is copied out.
        Assert.SkipUnless(OperatingSystem.IsLinux() && CanMount(), "unshare cannot mount a small disk here.");
        string script = string.Format(CultureInfo.InvariantCulture, """
            mount -t tmpfs -o size=4m tmpfs '{0}/disk' || exit 99
            {1} -Command "{2}"
            code=$?
            mkdir '{0}/left' && cp -r '{0}/disk/.' '{0}/left' && exit $code
            """, _pwsh.Folder, $"'{string.Join("' '", PwshProcess.CommandLine)}'", Command("disk/m", 200) + " -KeepCheckpoints 50 | Out-Null");
        Directory.CreateDirectory(Path.Combine(_pwsh.Folder, "disk"));
        using Process run = _pwsh.Start("unshare", "-rm", "bash", "-c", script);
        Task<string> output = run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = run.StandardError.ReadToEnd();
        run.WaitForExit();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("medseg.checkpoint.safetensors: The file could not be written: ", error, StringComparison.Ordinal);
        Assert.Contains("disk is not full", error, StringComparison.Ordinal);
        Assert.True((int)State("left/m/medseg.checkpoint.safetensors")["Epoch"]! > 1);
        Assert.Empty(Directory.GetFiles(Path.Combine(_pwsh.Folder, "left", "m"), "*.partial"));

        // With room again it goes on.
        int epochs = (int)State("left/m/medseg.checkpoint.safetensors")["Epoch"]! + 1;
        PwshResult resumed = _pwsh.Run("-Command", Command("left/m", epochs) + " -Resume");
        Assert.Equal((0, string.Empty), (resumed.Code, resumed.Error));
    }

    [Fact]
    public void Nightly_script_goes_on_after_a_kill_in_a_bare_environment()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The bare environment is made with env and setsid.");
        string script = Path.Combine(PwshProcess.RepositoryRoot, "examples", "nightly", "Train-Nightly.ps1");
        string wrapper = _pwsh.Script($$"""
            param([string] $Until)
            $options = @{ Epochs = 40; BatchSize = 2; BaseWidth = 2; ValidationFraction = 0.3; ReportInterval = 5; CheckpointMinutes = 0 }
            & '{{script}}' -Path '{{_data}}' -OutputPath '{{_pwsh.Folder}}/night' -ImportOption @{ InputSize = 32 } -TrainingOption $options -Until $Until
            exit $LASTEXITCODE
            """);

        // It is morning: one epoch is done.
        (int code, string log) = Bare(wrapper, DateTime.Now.AddMinutes(-1).ToString("HH:mm:ss", CultureInfo.InvariantCulture));
        Assert.Equal(3, code);
        Assert.Contains("Not done yet: ", log, StringComparison.Ordinal);

        (code, log) = Bare(wrapper, "");
        Assert.Equal(0, code);
        Assert.Matches(@"Epoch 40 of 40: loss 1\.\d{4}, validation Dice 0\.\d{4}\.", log);
        Assert.Contains($"Done: 40 epochs", log, StringComparison.Ordinal);
        Assert.Contains($"The model is {_pwsh.Folder}/night/medseg.safetensors", log, StringComparison.Ordinal);

        // Done is done: further starts train nothing.
        DateTime model = File.GetLastWriteTimeUtc(Path.Combine(_pwsh.Folder, "night", "medseg.safetensors"));
        Assert.Equal(0, Bare(wrapper, "").Code);
        Assert.Equal(model, File.GetLastWriteTimeUtc(Path.Combine(_pwsh.Folder, "night", "medseg.safetensors")));

        File.Copy(Path.Combine(_data, "labels", "P01_S01.png"), Path.Combine(_data, "labels", "P02_S02.png"), overwrite: true);
        (code, log) = Bare(wrapper, "");
        Assert.Equal(2, code);
        Assert.Contains("labels.html", log, StringComparison.Ordinal);

        Directory.Delete(_data, recursive: true);
        (code, log) = Bare(wrapper, "");
        Assert.Equal(2, code);
        Assert.Contains("Error: ", log, StringComparison.Ordinal);
    }

    [Fact]
    public void Nightly_script_takes_its_options_as_text_or_files_and_tells_another_script_how_it_ended()
    {
        string script = Path.Combine(PwshProcess.RepositoryRoot, "examples", "nightly", "Train-Nightly.ps1");
        string options = _pwsh.Script("@{ Epochs = 2; BatchSize = 2; BaseWidth = 2; ValidationFraction = 0.3 }", "options.psd1");
        string json = _pwsh.Script("""{ "Epochs": 3, "BatchSize": 2, "BaseWidth": 2, "ValidationFraction": 0.3 }""", "options.json");
        string end = _pwsh.Script("param([int] $Code, [string] $Log) Set-Content -Path \"$PSScriptRoot/end.txt\" -Value \"$Code $(Split-Path -Leaf $Log)\"", "end.ps1");
        string[] run = ["-File", script, "-Path", _data, "-OutputPath", Path.Combine(_pwsh.Folder, "night"), "-OnEnd", end, "-ImportOption", "@{ InputSize = 32; LabelName = 'a', 'b', 'c', 'd' }"];

        Assert.Equal((0, "0 train.log"), Result("-TrainingOption", options));
        Assert.Equal((0, "0 train.log"), Result("-TrainingOption", json));
        Assert.Contains("Done: 3 epochs", File.ReadAllText(Path.Combine(_pwsh.Folder, "night", "train.log")), StringComparison.Ordinal);
        Assert.Equal((2, "2 train.log"), Result("-TrainingOption", "@{ Epochz = 3 }"));
        Assert.Equal((2, "2 train.log"), Result("-TrainingOption", "@{ Epochs = Remove-Item x }"));
        Assert.Equal((2, "2 train.log"), Result("-TrainingOption", "missing.psd1"));

        using (new FileStream(Path.Combine(_pwsh.Folder, "night", "medseg.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.Equal((4, "4 train.log"), Result("-TrainingOption", "@{ Epochs = 4; BatchSize = 2; BaseWidth = 2; ValidationFraction = 0.3 }"));
        }

        (int Code, string End) Result(params string[] more)
        {
            int code = _pwsh.Run([.. run, .. more]).Code;
            return (code, File.ReadAllText(Path.Combine(_pwsh.Folder, "end.txt")).Trim());
        }
    }

    [Fact]
    public void Nothing_of_patients_is_in_any_file_or_stream_of_a_run()
    {
        foreach (string path in Directory.GetFiles(Path.Combine(_data, "dicoms")))
        {
            PatientMarks.Plant(path, patient: Path.GetFileName(path)[..3]);
        }

        PwshResult run = _pwsh.Run("-Command", """
            $VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
            $set = Import-MedSegDataset data/train -InputSize 32
            $set; $set.Samples | Format-List
            $set | Test-MedSegLabels -ReportPath out/labels.html -ValidationDataset $set
            $set | Export-MedSegPreview -Path out/preview.png
            $set | Start-MedSegTraining -OutputPath out/m -Epochs 2 -BaseWidth 2 -ValidationFraction 0.3 -ReportInterval 1 -TensorBoard | Export-MedSegHistory -Path out/h.csv -PlotPath out/h.png -PassThru
            $set | Start-MedSegTraining -OutputPath out/m -Epochs 2 -BatchSize 3 -Resume
            Get-MedSegRun out | Format-List
            Export-MedSegImage data/train/dicoms/P01_S01.dcm -OutputPath out/slice.png
            """);

        Assert.Contains("-BatchSize is 5 in the checkpoint and 3 in this run", run.Error, StringComparison.Ordinal);
        string[] files = Directory.GetFiles(Path.Combine(_pwsh.Folder, "out"), "*", SearchOption.AllDirectories);
        Assert.True(files.Length >= 12, string.Join('\n', files));
        Assert.Empty(PatientMarks.Find(Encoding.UTF8.GetBytes(run.Output + run.Error)));
        Assert.All(files, file => Assert.Empty(PatientMarks.Find(File.ReadAllBytes(file))));
    }

    private string Command(string output, int epochs) =>
        $"$ProgressPreference = 'SilentlyContinue'; Import-MedSegDataset {_data} -InputSize 32 | Start-MedSegTraining -OutputPath {Path.Combine(_pwsh.Folder, output)} -Device Cpu -BatchSize 2 -BaseWidth 2 -LearningRate 1e-3 -ValidationFraction 0.3 -ReportInterval 4 -CheckpointMinutes 0 -Epochs {epochs}";

    // The log has a line for each start and each epoch.
    private static int Lines(string log)
    {
        if (!File.Exists(log))
        {
            return 0;
        }

        using var reader = new StreamReader(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Count(c => c == '\n');
    }

    // No HOME, no terminal, no input, another current folder.
    private (int Code, string Log) Bare(string script, string until)
    {
        string dotnet = System.Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(p => Path.Combine(p, "dotnet")).First(File.Exists);
        string root = Path.GetDirectoryName(Path.GetFullPath(new FileInfo(dotnet).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? dotnet))!;
        string log = Path.Combine(_pwsh.Folder, "night", "train.log");
        int before = File.Exists(log) ? File.ReadAllText(log).Length : 0;
        using Process run = _pwsh.Start(["setsid", "-w", "env", "-i", "-C", "/", $"DOTNET_ROOT={root}", "PATH=/usr/bin:/bin", "OMP_WAIT_POLICY=passive", Path.Combine(root, "dotnet"), .. PwshProcess.CommandLine.Skip(1), "-File", script, "-Until", until]);
        run.StandardInput.Close();
        Task<string> output = run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = run.StandardError.ReadToEnd();
        run.WaitForExit();
        return (run.ExitCode, (File.Exists(log) ? File.ReadAllText(log)[before..] : string.Empty) + error);
    }

    private bool CanMount()
    {
        try
        {
            using Process test = _pwsh.Start("unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", _pwsh.Folder);
            test.WaitForExit();
            return test.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private JsonNode State(string file)
    {
        byte[] content = File.ReadAllBytes(Path.Combine(_pwsh.Folder, file));
        JsonNode header = JsonNode.Parse(content.AsSpan(8, (int)BitConverter.ToInt64(content)))!;
        return JsonNode.Parse((string)header["__metadata__"]!["medseg.state"]!)!;
    }

    private byte[] Tensors(string file)
    {
        byte[] content = File.ReadAllBytes(Path.Combine(_pwsh.Folder, file));
        return content[(8 + (int)BitConverter.ToInt64(content))..];
    }

    private string[] History(string folder) =>
        [.. State($"{folder}/medseg.checkpoint.safetensors")["History"]!.AsArray().Select(r => JsonSerializer.Serialize(new { Epoch = (int)r!["Epoch"]!, Loss = (double)r["Loss"]!, Validation = r["ValidationDice"]?.ToJsonString(), Rois = r["ValidationDiceByRoi"]?.ToJsonString() }))];
}
