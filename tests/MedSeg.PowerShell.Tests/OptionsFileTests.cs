using System.Management.Automation;
using System.Text;

namespace MedSeg.PowerShell.Tests;

/// <summary>The options of a training in a file, read and written.</summary>
public sealed class OptionsFileTests : IClassFixture<DemoFixture>, IDisposable
{
    private const string Train = "Import-MedSegDataset ./data -InputSize 32 | Start-MedSegTraining -Device Cpu";
    private readonly ModuleSession _session = new();

    public OptionsFileTests(DemoFixture demo) => demo.CopyTo(_session.PathOf("data"));

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("psd1")]
    [InlineData("json")]
    public void Training_with_the_exported_options_of_a_model_gives_bit_identical_losses(string ending)
    {
        Write("first.psd1", """
            # A lab's own choice
            @{
                Epochs = 3; BaseWidth = 2; batchsize = 2; LearningRate = 3.3e-3; DropoutRate = 0.1
                Loss = 'BatchDiceCrossEntropy'; Schedule = 'Cosine'; GradientClip = 1; BalancedSampling = $true
                IntensityProbability = 0.7; NoiseDeviation = 0.12345678901234568; ElasticShift = 1e-5; ReportInterval = 1
                Folds = 2; Fold = 2; GroupBy = '^(P\d+)_'; Seed = -5; WeightAveraging = 0.5
            }
            """);
        double[] first = Losses($"{Train} -OptionsPath first.psd1 -OutputPath one");

        PSObject file = Assert.Single(_session.Run($"Get-MedSegModel one/medseg.safetensors | Export-MedSegOption -OutputPath again.{ending}"));
        double[] again = Losses($"{Train} -OptionsPath again.{ending} -OutputPath two");

        Assert.IsType<FileInfo>(file.BaseObject);
        Assert.Equal(3, first.Length);
        Assert.Equal(first, again);
        Assert.NotEqual(first, Losses($"{Train} -OptionsPath again.{ending} -Seed 6 -OutputPath three"));
        Assert.Equal(Recipe("one"), Recipe("two"));
    }

    [Fact]
    public void Splatted_table_trains_as_the_parameters_do()
    {
        double[] named = Losses($"{Train} -Epochs 2 -BaseWidth 2 -Seed 4 -BalancedSampling -Loss BatchDice -OutputPath named");

        double[] splatted = Losses($"$options = @{{ Epochs = 2; BaseWidth = 2; Seed = 4; BalancedSampling = $true; Loss = 'BatchDice' }}; {Train} @options -OutputPath splatted");

        Assert.Equal(named, splatted);
    }

    [Fact]
    public void Parameters_replace_what_the_file_says_and_Verbose_tells_so()
    {
        Write("o.json", """{ "Recipe": "Best", /* short */ "Epochs": 5, "BaseWidth": 2, "ModelName": "spine", "Seed": 3, "TensorBoard": true, "Device": ["Cpu"], "AllowTF32": true, }""");

        using System.Management.Automation.PowerShell shell = _session.Create("Import-MedSegDataset ./data -InputSize 32 | Start-MedSegTraining -OptionsPath o.json -Epochs 1 -OutputPath m -Verbose");
        Assert.Single(shell.Invoke());

        Assert.Empty(shell.Streams.Error);
        Assert.Contains(shell.Streams.Verbose, v => v.Message == $"{_session.PathOf("o.json")} sets Recipe, BaseWidth, ModelName, Seed, TensorBoard, Device, AllowTF32. Parameters override its Epochs.");
        Assert.Equal("1 2 3 0.002", Assert.Single(_session.Run("$r = (Get-MedSegModel m/spine.safetensors).Options; \"$($r.Epochs) $($r.BaseWidth) $($r.Seed) $($r.LearningRate)\"")).BaseObject);
        Assert.True(Directory.Exists(_session.PathOf("m", "tensorboard", "spine")));
        Assert.Contains("\"allowTF32\":true", File.ReadLines(_session.PathOf("m", "spine.log.jsonl")).First(), StringComparison.Ordinal);
    }

    [Fact]
    public void Paths_in_the_file_are_relative_to_its_folder()
    {
        Directory.CreateDirectory(_session.PathOf("configs"));
        string[] names = [.. _session.Run("(Import-MedSegDataset ./data -InputSize 32).Samples.Name").Select(n => n.ToString())];
        Write("configs/folds.csv", "Name,Fold\n" + string.Concat(names.Select(n => $"{n},{(n.StartsWith("P01", StringComparison.Ordinal) ? 1 : 2)}\n")));
        Write("configs/o.psd1", "@{ Epochs = 1; BaseWidth = 2; FoldPath = 'folds.csv'; Fold = 2 }");

        _session.Run($"{Train} -OptionsPath configs/o.psd1 -OutputPath m");

        // Looked for anywhere else, the file would not be found. The model keeps its name only.
        Assert.Equal("folds.csv", Assert.Single(_session.Run("(Get-MedSegModel m/medseg.safetensors).Options.FoldPath")).BaseObject);
        Assert.Equal("FileNotFound", ModuleSession.IdOf(_session.Fail($"{Train} -OptionsPath configs/none.psd1 -OutputPath n")));
    }

    [Fact]
    public void Cross_validation_takes_the_file_too_and_names_what_only_training_has()
    {
        Write("o.psd1", "@{ Epochs = 1; BaseWidth = 2; Folds = 2 }");
        Write("held.psd1", "@{ Epochs = 1\n ValidationFraction = 0.2 }");
        const string validate = "Import-MedSegDataset ./data -InputSize 32 | Invoke-MedSegCrossValidation -Device Cpu -OutputPath cv -OptionsPath";

        Assert.Equal(2, Assert.Single(_session.Run($"({validate} o.psd1).Folds.Count")).BaseObject);
        ErrorRecord error = _session.Fail($"{validate} held.psd1 -Force");
        Assert.Equal($"{_session.PathOf("held.psd1")}: line 2: ValidationFraction is an option of Start-MedSegTraining, which Invoke-MedSegCrossValidation does not have. Remove it from the file.", error.Exception.Message);
    }

    [Theory]
    [InlineData("@{ Epoch = 3 }", "OptionUnknown", "line 1: 'Epoch' is not an option of Start-MedSegTraining. Did you mean Epochs?")]
    [InlineData("@{\n\n  learning_rate = 3 }", "OptionUnknown", "line 3: 'learning_rate' is not an option of Start-MedSegTraining. Did you mean LearningRate?")]
    [InlineData("@{ Optimizer = 'SGD' }", "OptionUnknown", "line 1: 'Optimizer' is not an option of Start-MedSegTraining. See `Get-Help Start-MedSegTraining -Full` for all options.")]
    [InlineData("@{ Force = $true }", "OptionUnknown", "line 1: Force is a parameter of Start-MedSegTraining that a file cannot set. Remove it from the file.")]
    [InlineData("@{ Dataset = './data' }", "OptionUnknown", "line 1: Dataset is a parameter of Start-MedSegTraining that a file cannot set. Remove it from the file.")]
    [InlineData("@{ Epochs = 'many' }", "OptionType", "line 1: Epochs is the text 'many'; it must be a whole number from 1 to 1000000. Change it in the file.")]
    [InlineData("@{ Epochs = 2.5 }", "OptionType", "line 1: Epochs is 2.5; it must be a whole number from 1 to 1000000. Change it in the file.")]
    [InlineData("@{ Epochs = 0 }", "OptionOutOfRange", "line 1: Epochs is 0; it must be a whole number from 1 to 1000000. Change it in the file.")]
    [InlineData("@{ LearningRate = '0,001' }", "OptionType", "line 1: LearningRate is the text '0,001'; it must be a number from 1E-09 to 1. Change it in the file.")]
    [InlineData("@{ DropoutRate = 1 }", "OptionOutOfRange", "line 1: DropoutRate is 1; it must be a number from 0 to 0.95. Change it in the file.")]
    [InlineData("@{ Loss = 'Dise' }", "OptionType", "line 1: Loss is the text 'Dise'; it must be one of 'Dice', 'BatchDice', 'DiceCrossEntropy', 'BatchDiceCrossEntropy'. Change it in the file.")]
    [InlineData("@{ Loss = 1 }", "OptionType", "line 1: Loss is 1; it must be one of 'Dice', 'BatchDice', 'DiceCrossEntropy', 'BatchDiceCrossEntropy'. Change it in the file.")]
    [InlineData("@{ BalancedSampling = 'yes' }", "OptionType", "line 1: BalancedSampling is the text 'yes'; it must be true or false ($true or $false in a .psd1). Change it in the file.")]
    [InlineData("@{ Device = 'Cpu', 'Gpu' }", "OptionOutOfRange", "line 1: Device is a list of 2: the text 'Cpu', the text 'Gpu'; it must be Auto, Cpu, Cuda or Cuda:n, such as Cuda:0; Get-MedSegDevice lists those of this machine. Change it in the file.")]
    [InlineData("@{ ModelName = '../x' }", "OptionOutOfRange", "line 1: ModelName is the text '../x'; it must be of letters from A to Z, digits, '.', '_' and '-', such as spine-2, since files are named after it. Change it in the file.")]
    [InlineData("@{ Seed = $null }", "OptionType", "line 1: Seed is empty; it must be a whole number. Change it in the file.")]
    [InlineData("@{ Epochs = 3; epochs = 4 }", "OptionFileInvalid", "Line 1 cannot be read: Duplicate keys 'epochs' are not allowed in hash literals.")]
    [InlineData("@{ Epochs = 3", "OptionFileInvalid", "Line 1 cannot be read: ")]
    [InlineData("Epochs = 3", "OptionFileInvalid", "The file must be one table of options such as @{ Epochs = 100 }; only comments may come before it.")]
    [InlineData("@{ Epochs = 3 }; 'more'", "OptionFileInvalid", "The file must be one table of options such as @{ Epochs = 100 } and nothing else.")]
    public void Fault_in_a_table_is_told_with_its_line_and_what_is_allowed(string text, string id, string message) => RefusesToTrain("o.psd1", text, id, message);

    [Theory]
    [InlineData("""{ "Epochs": "3" }""", "OptionType", "Epochs is the text '3'; it must be a whole number from 1 to 1000000. Change it in the file.")]
    [InlineData("""{ "Epochs": 1e99 }""", "OptionType", "Epochs is 1E+99; it must be a whole number from 1 to 1000000. Change it in the file.")]
    [InlineData("""{ "Epochs": {} }""", "OptionType", "Epochs is a table; it must be a whole number from 1 to 1000000. Change it in the file.")]
    [InlineData("""{ "Epochs": 1, "EPOCHS": 2 }""", "OptionFileInvalid", "Epochs is set 2 times. Set it once.")]
    [InlineData("[1]", "OptionFileInvalid", "The file must be one JSON object of options such as { \"Epochs\": 100 }.")]
    [InlineData("{ \"Epochs\": 1,\n x }", "OptionFileInvalid", "Line 2 is not valid JSON: ")]
    [InlineData("""{ "Patince": 1 }""", "OptionUnknown", "'Patince' is not an option of Start-MedSegTraining. Did you mean Patience?")]
    public void Fault_in_JSON_is_told_with_what_is_allowed(string text, string id, string message) => RefusesToTrain("o.json", text, id, message);

    [Theory]
    [InlineData("@{ Epochs = [System.IO.File]::WriteAllText('WITNESS', 'x') }")]
    [InlineData("@{ Epochs = Set-Content WITNESS x }")]
    [InlineData("@{ Epochs = $(Set-Content WITNESS x) }")]
    [InlineData("@{ Epochs = \"$(Set-Content WITNESS x)\" }")]
    [InlineData("@{ Epochs = if ($true) { 3 } }")]
    [InlineData("@{ Epochs = $env:HOME }")]
    [InlineData("@{ Epochs = 3 > 'WITNESS' }")]
    [InlineData("Set-Content WITNESS x; @{ Epochs = 3 }")]
    [InlineData("using module ./evil.psm1\n@{ Epochs = 3 }")]
    [InlineData("# comment\n<# more #> using module ./evil.psm1\n@{ Epochs = 3 }")]
    public void Nothing_in_the_file_is_run(string text)
    {
        string witness = _session.PathOf("witness");
        Write("evil.psm1", $"[System.IO.File]::WriteAllText('{witness}', 'x')");

        RefusesToTrain("o.psd1", text.Replace("WITNESS", witness, StringComparison.Ordinal), "OptionFileInvalid", string.Empty);

        Assert.False(File.Exists(witness));
    }

    [Fact]
    public void File_of_another_ending_or_model_of_another_program_is_refused()
    {
        Write("o.yaml", "Epochs: 3");
        string golden = Path.Combine(ModuleSession.Setting("RepositoryRoot"), "tests", "MedSeg.Engine.Tests", "Golden", "seed_checkpoint", "open_MR_autoseg_model_2.pt");

        Assert.Equal("OptionFileFormat", ModuleSession.IdOf(_session.Fail($"{Train} -OptionsPath o.yaml -OutputPath m")));
        Assert.Equal("ModelWithoutOptions", ModuleSession.IdOf(_session.Fail($"Export-MedSegOption '{golden}' a.psd1")));
        Assert.Equal("OptionFileFormat", ModuleSession.IdOf(_session.Fail($"Export-MedSegOption '{golden}' a.txt")));
        Assert.False(File.Exists(_session.PathOf("a.psd1")));
    }

    [Fact]
    public void Names_in_the_comments_of_an_exported_table_are_quoted_and_cannot_end_them()
    {
        Assert.Equal("LabelNameInvalid", ModuleSession.IdOf(_session.Fail("Import-MedSegDataset ./data -InputSize 32 -LabelName \"Größe`nExit-PSSession\", B, C, D")));
        _session.Run("Import-MedSegDataset ./data -InputSize 32 -LabelName 'Größe', 'L''5', C, D | Start-MedSegTraining -Device Cpu -Epochs 1 -BaseWidth 2 -OutputPath m");

        _session.Run("Export-MedSegOption m/medseg.safetensors o.psd1");

        string[] lines = File.ReadAllLines(_session.PathOf("o.psd1"));
        Assert.Contains("-LabelName 'Größe', 'L''5', 'C', 'D'", lines[1], StringComparison.Ordinal);
        Assert.Equal("@{", lines[2]);
        Assert.Equal("FileExists", ModuleSession.IdOf(_session.Fail("Export-MedSegOption m/medseg.safetensors o.psd1")));
        Assert.Empty(_session.Run("Export-MedSegOption m/medseg.safetensors p.psd1 -WhatIf"));
        Assert.False(File.Exists(_session.PathOf("p.psd1")));
    }

    private void RefusesToTrain(string name, string text, string id, string message)
    {
        Write(name, text);

        ErrorRecord error = _session.Fail($"Import-MedSegDataset ./data -InputSize 32 | Start-MedSegTraining -OptionsPath {name} -OutputPath m");

        Assert.Equal(id, ModuleSession.IdOf(error));
        Assert.StartsWith($"{_session.PathOf(name)}: {message}", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(_session.PathOf(name), error.TargetObject);
        Assert.False(Directory.Exists(_session.PathOf("m")));
    }

    private double[] Losses(string script) => [.. _session.Run(script).Select(record => (double)record.Properties["Loss"].Value)];

    private string? Recipe(string folder) => Assert.Single(_session.Run($"(Get-MedSegModel {folder}/medseg.safetensors).Options")).BaseObject.ToString();

    private void Write(string name, string text) => File.WriteAllText(_session.PathOf(name), text, Encoding.UTF8);
}
