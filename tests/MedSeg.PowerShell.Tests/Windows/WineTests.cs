using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MedSeg.PowerShell.Tests.Pwsh;

namespace MedSeg.PowerShell.Tests.Windows;

/// <summary>The Windows package of MedSeg in the Windows PowerShell under Wine. Wine is not Windows: docs/windows.md says what that leaves open.</summary>
public sealed class WineTests(WineFixture wine) : IClassFixture<WineFixture>
{
    private const string Options = "$options = @{ BaseWidth = 4; BatchSize = 2; Seed = 1; Device = 'Cpu'; ValidationFraction = 0.4; CheckpointMinutes = 0 }\n";
    private const string Demo = "$null = New-MedSegDemoDataset data -Patients 3 -HeldOutPatients 1 -SlicesPerPatient 2\n";
    private const string Train = "$epochs = Import-MedSegDataset data/train -InputSize 64 | Start-MedSegTraining @options -Epochs 2 -OutputPath run\n";

    // The same work on both systems, with what Linux made as its input, and the culture of a German workstation.
    private const string Work = """
        [cultureinfo]::CurrentCulture = 'de-DE'
        "culture: $('{0:0.0}' -f 0.5)"
        Import-MedSegDataset data/train -InputSize 64 | Start-MedSegTraining @options -Epochs 2 -OutputPath "$out/run" | ForEach-Object { 'loss: ' + $_.Loss.ToString('R', [cultureinfo]::InvariantCulture) }
        foreach ($format in 'Npy', 'Png', 'Nifti', 'SegNrrd', 'Tiff') {
            $slices = Invoke-MedSegSegmentation -Model model/medseg.safetensors data/heldout/dicoms -OutputPath "$out/$format" -Format $format
        }
        $null = $slices | Measure-MedSegArea -CsvPath "$out/areas.csv"
        $null = Invoke-MedSegSegmentation -Model model/medseg.onnx data/heldout/dicoms -OutputPath "$out/onnx"
        """;

    [Fact]
    public void Module_is_found_by_its_name_and_has_its_help_and_its_torch()
    {
        using var windows = new WindowsPwsh(wine);

        string[] lines = windows.Run("""
            "system: $IsWindows"
            "device: $((Get-MedSegDevice).TorchBackend)"
            "help: $((Get-Help Start-MedSegTraining).Synopsis.Length -gt 20) $((Get-Help about_MedSeg | Out-String).Length -gt 1000)"
            "model: $((TabExpansion2 'Start-MedSegTraining -Device ').CompletionMatches.CompletionText)"
            """);

        Assert.Equal(["system: True", "device: cpu", "help: True True", "model: Auto Cpu"], lines);
    }

    [Fact]
    public void Module_for_all_systems_installs_its_libraries_and_trains()
    {
        using var windows = new WindowsPwsh(wine);
        string feed = WineFixture.ToWindows(wine.PackGallery());

        string[] lines = windows.Run($$"""
            Import-Module '{{feed}}\module\MedSeg'
            {{Demo}}{{Options}}
            try { {{Train}} } catch { "before: $($_.FullyQualifiedErrorId.Split(',')[0])" }
            $installed = Install-MedSegNative '{{feed}}\MedSeg.Native.win-x64.{{PackageFixture.Version}}.nupkg'
            "installed: $($installed.Status) $($installed.Runtime) $($installed.Path -like '{{feed}}\module\MedSeg\native\*-win-x64')"
            "again: $((Install-MedSegNative).Status)"
            {{Train}}
            "epochs: $($epochs.Count)"
            $null = Import-MedSegDataset data/train -InputSize 64 | Export-MedSegPreview preview.png
            "preview: $((Get-Item preview.png).Length -gt 1000)"
            """);

        Assert.Equal(["before: TorchNotLoaded", "installed: Installed win-x64 True", "again: AlreadyInstalled", "epochs: 2", "preview: True"], lines.Where(line => Regex.IsMatch(line, "^(before|installed|again|epochs|preview): ")));
    }

    [Fact]
    public void Losses_masks_and_areas_are_those_of_Linux_where_decimals_have_commas()
    {
        using var windows = new WindowsPwsh(wine);
        using var linux = new PwshProcess();
        string script = $$"""
            Set-Location '{{windows.Folder}}'
            {{Demo}}{{Options}}
            $null = Import-MedSegDataset data/train -InputSize 64 | Start-MedSegTraining @options -Epochs 20 -LearningRate 0.003 -OutputPath model
            $null = Export-MedSegModel model/medseg.safetensors -Format Onnx -OutputPath model/medseg.onnx
            $out = 'linux'
            {{Work}}
            """;
        PwshResult result = linux.Run(linux.Script(script));
        Assert.True(result.Code == 0, result.Error);
        string[] expected = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        string[] lines = windows.Run($"{Options}$out = 'windows'\n{Work}");

        Assert.Equal(["culture: 0,5"], lines.Where(line => line.StartsWith("culture: ", StringComparison.Ordinal)));

        // The systems' libraries of mathematics round differently.
        double[] losses = Losses(lines);
        Assert.Equal(2, losses.Length);
        Assert.All(Losses(expected).Zip(losses), pair => Assert.Equal(pair.First, pair.Second, 1e-8 * pair.First));
        string[] files = FilesOf(Path.Combine(windows.Folder, "linux"));
        Assert.Equal(files, FilesOf(Path.Combine(windows.Folder, "windows")));
        Assert.Equal(13, files.Length);
        Assert.Contains(File.ReadAllBytes(Path.Combine(windows.Folder, "linux", "Npy", "P04_S01.npy"))[128..], value => value != 0);
        Assert.All(files.Except(["areas.csv"]), file => Assert.Equal(Content(windows, "linux", file), Content(windows, "windows", file)));
        Assert.Equal(9, File.ReadAllLines(Path.Combine(windows.Folder, "windows", "areas.csv")).Length);
        Assert.All(Cells(windows, "linux").Zip(Cells(windows, "windows")), pair => AssertSame(pair.First, pair.Second));
    }

    [Fact]
    public void Training_that_is_killed_is_shown_as_failed_and_resumes()
    {
        using var windows = new WindowsPwsh(wine);
        string[] lines = windows.Run($$"""
            {{Demo}}{{Options}}
            Set-Content long.ps1 "`$options = Import-PowerShellDataFile options.psd1; Import-MedSegDataset data/train -InputSize 64 | Start-MedSegTraining @options -Epochs 100000 -OutputPath run"
            Set-Content options.psd1 "@{ BaseWidth = 4; BatchSize = 2; Seed = 1; Device = 'Cpu'; ValidationFraction = 0.4; CheckpointMinutes = 0 }"
            $process = Start-Process (Get-Process -Id $PID).Path -ArgumentList '-NoProfile', '-NonInteractive', '-File', 'long.ps1' -NoNewWindow -PassThru -RedirectStandardOutput out.txt -RedirectStandardError errors.txt
            while (-not (Test-Path run/medseg.log.jsonl) -or (Get-Content run/medseg.log.jsonl).Count -lt 6) {
                if ($process.HasExited) { throw "It ended: $(Get-Content errors.txt -Raw)" }
                Start-Sleep -Milliseconds 100
            }
            "before: $((Get-MedSegRun run).State)"
            $process.Kill()
            $process.WaitForExit()
            "after: $((Get-MedSegRun run).State) $((Get-MedSegRun run).Error -match 'The last checkpoint is \d+ min old')"
            $done = (Get-MedSegHistory run).Count
            $rest = @(Import-MedSegDataset data/train -InputSize 64 | Start-MedSegTraining -OutputPath run -Resume -Epochs ($done + 2) -WarningAction Ignore)
            "resumed: $($rest[0].Epoch -in $done, ($done + 1)) $($rest[-1].Epoch -eq $done + 2)"
            "end: $((Get-MedSegRun run).State) $((Get-MedSegHistory run).Count -eq $done + 2)"
            "files: $(@(Test-MedSegRun run).State | Select-Object -Unique) $((Get-ChildItem run -Filter *.partial).Count)"
            """);

        Assert.Equal(["before: Running", "after: Failed True", "resumed: True True", "end: Finished True", "files: Ok 0"], lines.Where(IsReport));
    }

    [Fact]
    public void Every_kind_of_output_is_written()
    {
        using var windows = new WindowsPwsh(wine);

        windows.Run($$"""
            {{Demo}}{{Options}}{{Train}}
            $null = $epochs | Export-MedSegHistory history.csv -PlotPath history.png
            $slices = Invoke-MedSegSegmentation -Model run/medseg.safetensors data/heldout/dicoms -OutputPath masks -Overlay
            $null = $slices | Measure-MedSegArea -CsvPath areas.csv -Excel areas.xlsx
            $null = $slices | Export-MedSegReport scans.html
            $null = $slices | Export-MedSegReport scans.png -ContactSheet
            $null = Get-MedSegRun run | Export-MedSegReport run.html
            foreach ($format in 'DicomSeg', 'RtStruct', 'Nrrd') { $null = Invoke-MedSegSegmentation -Model run/medseg.safetensors data/heldout/dicoms -OutputPath $format -Format $format }
            $null = Import-MedSegDataset data/train -InputSize 64 | Export-MedSegPreview preview.png
            $null = Export-MedSegImage data/heldout/dicoms/P04_S01.dcm picture.png
            foreach ($format in 'PyTorch', 'Onnx') { $null = Export-MedSegModel run/medseg.safetensors -Format $format -OutputPath "model.$format" }
            $null = Import-MedSegModel model.PyTorch -OutputPath again.safetensors
            $null = Export-MedSegOption run/medseg.safetensors options.psd1
            """);

        AssertStarts(windows, "\u0089PNG", "history.png", "preview.png", "scans.png", "masks/overlays/P04_S01.png", "picture.png");
        AssertStarts(windows, "PK", "areas.xlsx", "model.PyTorch");
        AssertStarts(windows, "<!DOCTYPE html>", "scans.html", "run.html");
        AssertStarts(windows, "NRRD", "Nrrd/P04_S01.nrrd");
        Assert.All((string[])["DicomSeg/P04_S01.dcm", "RtStruct/P04_S01.dcm"], name => Assert.Equal("DICM", Start(windows, name, 132)[128..]));
        Assert.Equal(3, File.ReadAllLines(Path.Combine(windows.Folder, "history.csv")).Length);
        Assert.Equal(9, File.ReadAllLines(Path.Combine(windows.Folder, "areas.csv")).Length);
        Assert.All((string[])["model.Onnx", "again.safetensors", "options.psd1"], name => Assert.True(new FileInfo(Path.Combine(windows.Folder, name)).Length > 100, name));
    }

    [Theory]
    [InlineData("Müller Größe [1] 脊柱", false)]
    [InlineData("share of a server", true)]
    [InlineData(@"\\?\", false)]
    [InlineData("long", false)]
    public void Work_is_done_in_folders_of_every_form(string form, bool isShare)
    {
        using var windows = new WindowsPwsh(wine);
        string place = isShare ? windows.Share
            : form == @"\\?\" ? form + WineFixture.ToWindows(windows.Folder) + @"\place"
            : form == "long" ? WineFixture.ToWindows(windows.Folder) + string.Concat(Enumerable.Repeat(@"\" + new string('x', 90), 3))
            : form;

        string[] lines = windows.Run($$"""
            {{Options}}
            $place = '{{place}}'
            $null = New-MedSegDemoDataset "$place\Daten ä" -Patients 3 -HeldOutPatients 1 -SlicesPerPatient 1
            $data = Import-MedSegDataset "$place\Daten ä\train" -InputSize 64 -Cache Disk -CachePath "$place\cache"
            $null = $data | Start-MedSegTraining @options -Epochs 1 -OutputPath "$place\run" -TensorBoard
            $null = $data | Start-MedSegTraining -Resume -Epochs 2 -OutputPath "$place\run"
            $slices = Invoke-MedSegSegmentation -Model "$place\run\medseg.safetensors" "$place\Daten ä\heldout\dicoms" -OutputPath "$place/masks/of a day" -Overlay
            $null = $slices | Measure-MedSegArea -CsvPath "$place\areas.csv" -Excel "$place\areas.xlsx"
            $null = $slices | Export-MedSegReport "$place\report.html"
            $null = Get-MedSegHistory "$place\run" | Export-MedSegHistory "$place\history.csv" -PlotPath "$place\history.png"
            "samples: $($data.Count)"
            "state: $((Get-MedSegRun "$place\run").State)"
            "mask: $($slices.MaskPath)"
            """);

        string mask = Assert.Single(lines, line => line.StartsWith("mask: ", StringComparison.Ordinal));
        Assert.Equal(["samples: 3", "state: Finished"], lines.Where(line => line.StartsWith('s')));
        Assert.EndsWith((place.StartsWith(@"\\", StringComparison.Ordinal) ? place : string.Empty) + @"\masks\of a day\P04_S01.png", mask, StringComparison.Ordinal);
        Assert.DoesNotContain('/', mask);
        string folder = isShare ? windows.Folder : Path.GetDirectoryName(Directory.GetFiles(windows.Folder, "areas.csv", SearchOption.AllDirectories).Single())!;
        Assert.All((string[])["areas.csv", "areas.xlsx", "history.csv", "history.png", "report.html", "run/medseg.safetensors", "masks/of a day/P04_S01.png"], name => Assert.True(File.Exists(Path.Combine(folder, name)), name));
    }

    [Fact]
    public void Files_that_another_program_has_open_get_numbered_ones_and_a_warning()
    {
        using var windows = new WindowsPwsh(wine);

        string[] lines = windows.Run($$"""
            {{Demo}}{{Options}}{{Train}}
            $null = $epochs | Export-MedSegHistory history.csv
            Set-Content hold.ps1 '$file = [IO.File]::Open("$PWD\history.csv", "Open", "ReadWrite", "Read"); Set-Content ready.txt yes; Start-Sleep 120'
            $process = Start-Process (Get-Process -Id $PID).Path -ArgumentList '-NoProfile', '-NonInteractive', '-File', 'hold.ps1' -NoNewWindow -PassThru -RedirectStandardOutput out.txt -RedirectStandardError errors.txt
            while (-not (Test-Path ready.txt)) { if ($process.HasExited) { throw "It ended: $(Get-Content errors.txt -Raw)" }; Start-Sleep -Milliseconds 100 }
            $null = $epochs | Export-MedSegHistory history.csv -Force -WarningVariable warning -WarningAction SilentlyContinue
            "warning: $warning"
            $process.Kill()
            $process.WaitForExit()
            $null = $epochs | Export-MedSegHistory history.csv -Force -WarningVariable warning -WarningAction SilentlyContinue
            "again: $(@($warning).Count)"
            "files: $((Get-ChildItem history*.csv).Name -join ', ')"
            """);

        Assert.Equal(
            [
                $"warning: {WineFixture.ToWindows(windows.Folder)}\\history.csv: A program such as Excel has the file open, so history (2).csv was written next to it. Close that program, and rename the file if you like.",
                "again: 0", "files: history (2).csv, history.csv",
            ],
            lines.Where(IsReport));
    }

    [Fact]
    public void Nightly_script_trains_and_the_next_night_has_nothing_to_do()
    {
        using var windows = new WindowsPwsh(wine);
        File.Copy(Path.Combine(PwshProcess.RepositoryRoot, "examples", "nightly", "Train-Nightly.ps1"), Path.Combine(windows.Folder, "Train-Nightly.ps1"));

        string[] lines = windows.Run($$"""
            {{Demo}}
            foreach ($night in 1, 2) {
                $arguments = '-NoProfile', '-NonInteractive', '-File', 'Train-Nightly.ps1', '-Path', 'data/train', '-OutputPath', 'models', '-ImportOption', '"@{ InputSize = 64 }"', '-TrainingOption', '"@{ Epochs = 2; BaseWidth = 4; Device = ''Cpu'' }"'
                $process = Start-Process (Get-Process -Id $PID).Path -ArgumentList $arguments -NoNewWindow -PassThru -RedirectStandardOutput "out$night.txt" -RedirectStandardError "errors$night.txt"
                $null = $process.Handle
                $process.WaitForExit()
                "night: $($process.ExitCode) $((Get-MedSegHistory models).Count)"
            }
            """);

        Assert.Equal(["night: 0 2", "night: 0 2"], lines);
        Assert.Equal(2, File.ReadAllLines(Path.Combine(windows.Folder, "models", "train.log")).Count(line => line.Contains(" Done: 2 epochs", StringComparison.Ordinal)));
    }

    [Fact]
    public void Names_that_Windows_cannot_have_are_refused_before_any_work()
    {
        using var windows = new WindowsPwsh(wine);
        string[] names = ["CON", "nul.csv", "a:b", "COM1", "end.", "what?", @"C:\aux"];

        string[] lines = windows.Run($$"""
            {{Demo}}{{Options}}
            foreach ($name in {{string.Join(", ", names.Select(name => $"'{name}'"))}}) {
                try { $null = Import-MedSegDataset data/train -InputSize 64 | Start-MedSegTraining @options -Epochs 1 -OutputPath $name; "made: $name" } catch { "refused: $name $($_.Exception.Message -like "*'$([WildcardPattern]::Escape($name))' was given*")" }
            }
            """);

        Assert.Equal(names.Select(name => $"refused: {name} True"), lines);
    }

    // Without what the commands say of their own accord, such as where the model was written.
    private static bool IsReport(string line) => line.Split(": ") is [{ } word, _, ..] && word.All(char.IsAsciiLetter);

    private static double[] Losses(string[] lines) =>
        [.. lines.Where(line => line.StartsWith("loss: ", StringComparison.Ordinal)).Select(line => double.Parse(line[6..], CultureInfo.InvariantCulture))];

    // gzip writes down the system (RFC 1952), in the tenth byte.
    private static byte[] Content(WindowsPwsh windows, string system, string file)
    {
        byte[] content = File.ReadAllBytes(Path.Combine(windows.Folder, system, file));
        int start = content.AsSpan().IndexOf<byte>([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
        if (start >= 0)
        {
            content[start + 9] = 255;
        }

        return content;
    }

    private static string[] Cells(WindowsPwsh windows, string system) =>
        File.ReadAllText(Path.Combine(windows.Folder, system, "areas.csv")).Split(',', '\n');

    // Names, pixels and areas are the same; the confidence is that of another library of mathematics.
    private static void AssertSame(string expected, string actual)
    {
        if (expected != actual)
        {
            Assert.Equal(double.Parse(expected, CultureInfo.InvariantCulture), double.Parse(actual, CultureInfo.InvariantCulture), 1e-4);
        }
    }

    // Of the files of a run, which have times in them, none.
    private static string[] FilesOf(string folder) =>
        [.. PackageFixture.FilesOf(folder).Where(name => !name.StartsWith("run/", StringComparison.Ordinal))];

    private static string Start(WindowsPwsh windows, string name, int count) =>
        Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(windows.Folder, name)).AsSpan(0, count));

    private static void AssertStarts(WindowsPwsh windows, string start, params string[] names) =>
        Assert.All(names, name => Assert.Equal(start, Start(windows, name, start.Length)));
}
