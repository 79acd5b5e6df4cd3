using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MedSeg.PowerShell.Tests.Pwsh;

/// <summary>All of a lab's work where decimals have commas and paths have spaces and letters of many scripts.</summary>
public sealed class CultureTests : IDisposable
{
    // The work is done in folders of names that the caller gives, by files that have such names, too.
    private const string Work = """
        param([string] $Culture, [string] $Place)
        $ErrorActionPreference = 'Stop'
        [cultureinfo]::CurrentCulture = $Culture
        [cultureinfo]::DefaultThreadCurrentCulture = $Culture
        "culture: $('{0:0.0}' -f 0.5)"
        $demo = New-MedSegDemoDataset -Path "$Place/Daten" -Patients 3 -HeldOutPatients 1 -SlicesPerPatient 2
        foreach ($file in [System.IO.Directory]::GetFiles("$Place/Daten", 'P*', 'AllDirectories')) {
            [System.IO.File]::Move($file, [System.IO.Path]::Combine([System.IO.Path]::GetDirectoryName($file), 'Größe ' + [System.IO.Path]::GetFileNameWithoutExtension($file) + ' 脊柱' + [System.IO.Path]::GetExtension($file)))
        }
        $names = 'M. psoas größer', '脊柱', 'L4', 'L5'
        $data = Import-MedSegDataset "$Place/Daten/train" -InputSize 32 -LabelName $names -Cache Disk -CachePath "$Place/Zwischen speicher"
        "valid: $($data | Test-MedSegLabels -Quiet -WarningAction Ignore)"
        $null = $data | Test-MedSegLabels -ReportPath "$Place/Prüfung.html" -WarningAction Ignore
        $null = $data | Export-MedSegPreview -Path "$Place/Vorschau.png"
        $options = @{ Epochs = 2; BaseWidth = 2; LearningRate = 0.0015; ValidationFraction = 0.4; ReportInterval = 1; Device = 'Cpu'; TensorBoard = $true }
        $epochs = $data | Start-MedSegTraining @options -OutputPath "$Place/Modelle 脊柱" | Export-MedSegHistory "$Place/Verlauf.csv" -PlotPath "$Place/Verlauf.png" -PassThru
        $model = "$Place/Modelle 脊柱/medseg.safetensors"
        $null = Export-MedSegOption $model "$Place/Wahl.psd1"
        $null = Export-MedSegOption $model "$Place/Wahl.json"
        foreach ($file in 'Wahl.psd1', 'Wahl.json') {
            $again = $data | Start-MedSegTraining -OptionsPath "$Place/$file" -Device Cpu -OutputPath "$Place/Nochmal $file"
            "again: $(($again.Loss -join ' ') -ceq ($epochs.Loss -join ' '))"
        }
        $null = $data | Start-MedSegTraining @options -OutputPath "$Place/Modelle 脊柱" -Resume -WarningAction Ignore
        $slices = Invoke-MedSegSegmentation -Model $model "$Place/Daten/heldout/dicoms" -OutputPath "$Place/Masken ü" -Overlay -WarningAction Ignore
        $null = $slices | Measure-MedSegArea -CsvPath "$Place/Flächen.csv"
        $null = Import-MedSegDataset "$Place/Daten/heldout" -InputSize 32 -LabelName $names | Measure-MedSegModel -Model $model -PlotPath "$Place/Vergleich.png"
        foreach ($format in 'PyTorch', 'Onnx') { $null = Export-MedSegModel $model -Format $format -OutputPath "$Place/Ausfuhr ä.$format" }
        $null = Invoke-MedSegSegmentation -Model "$Place/Ausfuhr ä.Onnx" "$Place/Daten/heldout/dicoms" -OutputPath "$Place/Masken onnx" -Format Nifti -WarningAction Ignore
        "names: $((Get-MedSegModel "$Place/Ausfuhr ä.Onnx").LabelNames -join '|')"
        "run: $((Get-MedSegRun $Place).Where({ $_.OutputPath.EndsWith('脊柱') }).State)"
        """;

    private readonly PwshProcess _pwsh = new();

    public void Dispose() => _pwsh.Dispose();

    [Fact]
    public void Files_written_with_decimal_commas_are_those_of_any_other_place()
    {
        string german = Do("de-DE", "Müller Größe 脊柱", "0,5");
        string plain = Do("en-US", "plain", "0.5");

        // What does not tell of times or folders is the same to the character.
        Assert.Equal(Columns(plain, "Verlauf.csv", 4), Columns(german, "Verlauf.csv", 4));
        Assert.Equal(File.ReadAllText(Path.Combine(plain, "Flächen.csv")), File.ReadAllText(Path.Combine(german, "Flächen.csv")));
        Assert.Equal(File.ReadAllText(Path.Combine(plain, "Wahl.psd1")), File.ReadAllText(Path.Combine(german, "Wahl.psd1")));
        Assert.Equal(File.ReadAllText(Path.Combine(plain, "Wahl.json")), File.ReadAllText(Path.Combine(german, "Wahl.json")));
        Assert.Contains("LearningRate            = 0.0015", File.ReadAllText(Path.Combine(german, "Wahl.psd1")), StringComparison.Ordinal);
        foreach (string masks in (string[])["Masken ü", "Masken onnx"])
        {
            string[] files = [.. Directory.EnumerateFiles(Path.Combine(german, masks), "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(german, f))];
            Assert.NotEmpty(files);
            Assert.All(files, file => Assert.Equal(File.ReadAllBytes(Path.Combine(plain, file)), File.ReadAllBytes(Path.Combine(german, file))));
        }
    }

    private string Do(string culture, string folder, string half)
    {
        string place = Path.Combine(_pwsh.Folder, folder);
        Directory.CreateDirectory(place);

        PwshResult result = _pwsh.Run(_pwsh.Script(Work, "Arbeit ß.ps1"), "-Culture", culture, "-Place", place);

        Assert.True(result.Code == 0, result.Error);
        Assert.Equal([$"culture: {half}", "valid: True", "again: True", "again: True", "names: M. psoas größer|脊柱|L4|L5", "run: Finished"], result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        RequireTable(Path.Combine(place, "Verlauf.csv"), 3);
        RequireTable(Path.Combine(place, "Flächen.csv"), 9);
        Assert.All(File.ReadAllLines(Path.Combine(place, "Modelle 脊柱", "medseg.log.jsonl")), line => JsonDocument.Parse(line).Dispose());
        JsonDocument.Parse(File.ReadAllText(Path.Combine(place, "Modelle 脊柱", "medseg.run.json"))).Dispose();
        Assert.All((string[])["Vorschau.png", "Verlauf.png", "Vergleich.png", "Ausfuhr ä.PyTorch"], name => Assert.True(new FileInfo(Path.Combine(place, name)).Length > 1000, name));
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(place, "Zwischen speicher"), "*", SearchOption.AllDirectories));
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(place, "Modelle 脊柱", "tensorboard"), "*", SearchOption.AllDirectories));

        // Lengths in a page's styles with a comma would be passed over by the browser.
        Assert.DoesNotMatch(@"(style|width|height|x|y|d|points|viewBox)=""[^""]*[0-9],[0-9]+(%|px|em)", File.ReadAllText(Path.Combine(place, "Prüfung.html")));
        return place;
    }

    private static void RequireTable(string path, int lines)
    {
        string[][] cells = [.. File.ReadAllLines(path).Select(line => line.Split(','))];
        Assert.Equal(lines, cells.Length);
        Assert.All(cells, row => Assert.Equal(cells[0].Length, row.Length));
        Assert.Contains(cells[1..].SelectMany(row => row), cell => Regex.IsMatch(cell, @"^[0-9]+\.[0-9]+$"));
        Assert.True(double.TryParse(cells[1][1], CultureInfo.InvariantCulture, out _) || path.Contains("Flächen", StringComparison.Ordinal));
    }

    private static string[] Columns(string place, string file, int count) => [.. File.ReadAllLines(Path.Combine(place, file)).Select(line => string.Join(',', line.Split(',')[..count]))];
}
