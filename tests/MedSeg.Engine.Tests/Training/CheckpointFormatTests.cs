using System.Text;
using System.Text.Json.Nodes;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files.Safetensors;
using MedSeg.Imaging;
using MedSeg.Inference.Backends;
using MedSeg.Interchange;
using MedSeg.Models;
using MedSeg.Network.Definition;
using MedSeg.Tests.Interchange;
using MedSeg.Training;

namespace MedSeg.Tests.Training;

/// <summary>The format of models and checkpoints, against a model that version 0.1.0 wrote.</summary>
public sealed class CheckpointFormatTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    private static string Earlier(string name) => Path.Combine(AppContext.BaseDirectory, "Golden", "format_2", name);

    private static string EarlierJson => SafetensorsFile.Read(Earlier("model.safetensors")).Metadata["medseg.state"];

    private string PathOf(string name) => Path.Combine(_folder, name);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Model_of_the_first_version_is_read_with_all_that_it_says()
    {
        var model = SegmentationModel.Read(Earlier("model.safetensors"));

        Assert.Equal(["ROI 1", "ROI 2", "ROI 3", "ROI 4"], model.LabelNames);
        Assert.Equal(new Preprocessing { InputSize = 16, Normalization = Normalization.ZScore, ResizeMode = ResizeMode.Pad, LabelResampling = LabelResampling.Nearest }, model.Description.Preprocessing);
        Assert.Equal((16, 4, 1), (model.Architecture.InputSize, model.Architecture.RoiCount, model.Architecture.BaseWidth));
        Assert.Equal(["MR"], model.TrainingData!.Modalities);
        Assert.Equal(EarlierDescription("model.safetensors"), EarlierDescription("model.onnx"));
        ModelInfo info = ModelFile.Describe(Earlier("model.safetensors"));
        Assert.Equal((2, 4, 2, 7), (info.Epoch, info.TrainingSlices, info.ValidationSlices, info.Options!.Seed));
        Assert.Equal(0.016545612597838044, info.ValidationDice);
        Assert.Equal("MedSeg 0.1.0", info.Software);
    }

    [Fact]
    public void Largest_input_size_is_read_and_the_program_is_written_with_its_version()
    {
        CheckpointState state = CheckpointState.FromJson(EarlierJson.Replace("\"InputSize\":16", "\"InputSize\":4096", StringComparison.Ordinal), PathOf("m.safetensors"));

        Assert.Equal(4096, state.InputSize);
        Assert.Contains($"\"Software\":\"MedSeg {typeof(CheckpointState).Assembly.GetName().Version!.ToString(3)}\"", state.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void State_is_written_as_the_first_version_wrote_it_but_for_the_folder()
    {
        JsonObject before = JsonNode.Parse(EarlierJson)!.AsObject();
        JsonObject checkpoint = JsonNode.Parse(CheckpointState.Of(Checkpoint.Read(Earlier("model.safetensors")).State).ToJson())!.AsObject();
        JsonObject model = JsonNode.Parse(CheckpointState.Of(InterchangeData.MetadataOf(Earlier("model.safetensors"))).ToJson())!.AsObject();

        Assert.Equal("/tmp/study/folds.csv", (string?)before["Options"]!["FoldPath"]);
        before["Options"]!["FoldPath"] = "folds.csv";

        // What has changed since: the Dice of the current epoch, and how images and labels are resized.
        var expected = new JsonObject();
        foreach ((string key, JsonNode? value) in before)
        {
            (string Key, JsonNode? Value)[] entries = key switch
            {
                "DiceLossSum" => [("DiceSum", 0.0), ("DiceCount", 0)],
                "ResizeMode" => [(key, value!.DeepClone()), ("PixelSize", 0.0), ("LabelResampling", 1)],
                _ => [(key, value?.DeepClone())],
            };
            foreach ((string name, JsonNode? entry) in entries)
            {
                expected.Add(name, entry);
            }
        }

        before = expected;
        foreach (JsonObject after in (JsonObject[])[checkpoint, model])
        {
            Assert.Equal(before.Select(p => p.Key), after.Select(p => p.Key));
            after["Written"] = before["Written"]!.DeepClone();
            after["Software"] = before["Software"]!.DeepClone();
            Assert.True(JsonNode.DeepEquals(before, after), after.ToJsonString());
        }
    }

    [Theory]
    [InlineData("\"Normalization\":2", "\"Normalization\":99", "Normalization is 99")]
    [InlineData("\"ResizeMode\":1", "\"ResizeMode\":-7", "ResizeMode is -7")]
    [InlineData("\"ResizeMode\":1", "\"ResizeMode\":1,\"LabelResampling\":9", "LabelResampling is 9")]
    [InlineData("\"InputSize\":16", "\"InputSize\":65536", "InputSize is 65536")]
    [InlineData("\"InputSize\":16", "\"InputSize\":17", "The input size is 17")]
    [InlineData("\"BaseWidth\":0", "\"BaseWidth\":100000", "The base width is 100000")]
    [InlineData("\"DropoutRate\":0.3", "\"DropoutRate\":\"NaN\"", "The dropout rate is NaN")]
    [InlineData("\"Loss\":0,", "\"Loss\":12,", "Loss is 12")]
    [InlineData("\"Schedule\":0", "\"Schedule\":12", "Schedule is 12")]
    [InlineData("{\"Epoch\":2", "{\"Epoch\":-2", "Epoch is -2")]
    [InlineData("\"Steps\":4", "\"Steps\":-4", "Steps is -4")]
    [InlineData("\"Modalities\":[\"MR\"]", "\"Modalities\":null", "TrainingData is incomplete")]
    [InlineData("\"Modalities\":[\"MR\"]", "\"Modalities\":[null]", "TrainingData is incomplete")]
    [InlineData("\"Modalities\":[\"MR\"]", "\"Modalities\":[\"MR\",null]", "TrainingData is incomplete")]
    [InlineData("\"ValidationDiceByRoi\":[{", "\"ValidationDiceByRoi\":[null,{", "History is missing or incomplete")]
    [InlineData("\"Means\":[231.64427083333334,", "\"Means\":[", "TrainingData is incomplete")]
    [InlineData("\"Picture\":[-0.9508189,", "\"Picture\":[", "TrainingData is incomplete")]
    [InlineData("\"LabelNames\":[\"ROI 1\",\"ROI 2\"", "\"LabelNames\":[\"ROI 1\",\"ROI 1\"", "The ROIs 1 and 2 have the same name, 'ROI 1'")]
    [InlineData("\"LabelNames\":[\"ROI 1\"", "\"LabelNames\":[\"\"", "ROI 1 has an empty name")]
    [InlineData("\"LabelNames\":[\"ROI 1\"", "\"LabelNames\":[null", "LabelNames is missing or incomplete")]
    [InlineData("\"History\":[", "\"History\":[null,", "History is missing or incomplete")]
    [InlineData("\"Device\":\"cpu\"", "\"Device\":null", "History is missing or incomplete")]
    [InlineData("\"Run\":\"", "\"Run\":null,\"x\":\"", "Run is missing or incomplete")]
    [InlineData("\"TrainingSlices\":4,", "", "cannot be read")]
    [InlineData("\"Modalities\":[", "\"RoiParts\":[{\"Slices\":3,\"InSeveralParts\":4}],\"Modalities\":[", "TrainingData is incomplete")]
    [InlineData("\"History\":[", "\"PostProcessing\":[{},{},{}],\"History\":[", "PostProcessing is incomplete")]
    [InlineData("\"History\":[", "\"PostProcessing\":[{},{},null,{}],\"History\":[", "PostProcessing is incomplete")]
    [InlineData("\"History\":[", "\"PostProcessing\":[{},{\"MinimumArea\":\"NaN\"},{},{}],\"History\":[", "PostProcessing is incomplete or out of range")]
    [InlineData("\"History\":[", "\"PostProcessing\":[{},{\"MinimumArea\":-1},{},{}],\"History\":[", "PostProcessing is incomplete or out of range")]
    [InlineData("\"History\":[", "\"Calibration\":{\"Temperature\":0,\"ErrorBefore\":0.1,\"ErrorAfter\":0.1,\"DiceSlope\":1,\"DiceIntercepts\":[0,0,0,0]},\"History\":[", "Calibration is incomplete or out of range")]
    [InlineData("\"History\":[", "\"Calibration\":{\"Temperature\":2,\"ErrorBefore\":\"NaN\",\"ErrorAfter\":0.1,\"DiceSlope\":1,\"DiceIntercepts\":[0,0,0,0]},\"History\":[", "Calibration is incomplete or out of range")]
    [InlineData("\"History\":[", "\"Calibration\":{\"Temperature\":2,\"ErrorBefore\":0.1,\"ErrorAfter\":0.1,\"DiceSlope\":\"Infinity\",\"DiceIntercepts\":[0,0,0,0]},\"History\":[", "Calibration is incomplete or out of range")]
    [InlineData("\"History\":[", "\"Calibration\":{\"Temperature\":2,\"ErrorBefore\":0.1,\"ErrorAfter\":0.1,\"DiceSlope\":1,\"DiceIntercepts\":[0,0,0]},\"History\":[", "Calibration is incomplete or out of range")]
    [InlineData("\"History\":[", "\"Calibration\":{\"Temperature\":2,\"ErrorBefore\":0.1,\"ErrorAfter\":0.1,\"DiceSlope\":1,\"DiceIntercepts\":null},\"History\":[", "Calibration is incomplete or out of range")]
    [InlineData("\"History\":[", "\"Calibration\":{\"Temperature\":2},\"History\":[", "cannot be read")]
    public void State_with_a_value_that_cannot_be_is_refused(string before, string after, string finding)
    {
        string json = EarlierJson.Replace(before, after, StringComparison.Ordinal);
        Assert.NotEqual(EarlierJson, json);

        var error = Assert.Throws<FileFormatException>(() => CheckpointState.FromJson(json, PathOf("m.safetensors")));

        Assert.Equal("CheckpointInvalid", error.ErrorId);
        Assert.Contains(finding, error.Finding, StringComparison.Ordinal);
        Assert.NotNull(error.Advice);
    }

    [Fact]
    public void Text_without_a_state_is_refused() =>
        Assert.Equal("CheckpointInvalid", Assert.Throws<FileFormatException>(() => CheckpointState.FromJson("null", PathOf("m.safetensors"))).ErrorId);

    [Theory]
    [InlineData(null, null, LabelResampling.Nearest)]
    [InlineData(null, "PyTorch", LabelResampling.Area)]
    [InlineData(LabelResampling.Area, null, LabelResampling.Area)]
    [InlineData(LabelResampling.Nearest, "PyTorch", LabelResampling.Nearest)]
    public void Labels_of_a_model_that_does_not_say_how_were_resized_by_nearest_neighbour_if_MedSeg_trained_it(
        LabelResampling? written, string? origin, LabelResampling expected)
    {
        CheckpointState state = CheckpointState.FromJson(EarlierJson, PathOf("m.safetensors")) with { LabelResampling = written, Origin = origin };

        Assert.Equal(expected, state.ToMetadata().Description.Preprocessing.LabelResampling);
    }

    [Fact]
    public void Training_of_a_model_is_what_the_state_says_and_an_imported_model_has_none()
    {
        CheckpointState state = CheckpointState.FromJson(EarlierJson, PathOf("m.safetensors"));

        TrainingSummary training = state.ToMetadata().Training!;

        Assert.Equal((state.Run, 4L, 4, 2), (training.Run, training.Steps, training.TrainingSlices, training.ValidationSlices));
        Assert.Same(state.Options, training.Options);
        Assert.Same(state.TrainingData, training.TrainingData);
        Assert.Same(state.History, training.History);
        Assert.Null((state with { Origin = "PyTorch" }).ToMetadata().Training);
    }

    [Fact]
    public void Imported_model_gets_a_run_of_its_own_and_keeps_its_width()
    {
        ModelMetadata earlier = InterchangeData.MetadataOf(Earlier("model.safetensors"));
        NetworkOptions network = earlier.Description.Architecture;
        var wide = CheckpointState.Of(Imported(network with { BaseWidth = 3 }));
        var usual = CheckpointState.Of(Imported(network with { BaseWidth = NetworkOptions.DefaultWidth(network.Architecture, network.InputSize) }));

        Assert.Matches("^[0-9a-f]{32}$", wide.Run);
        Assert.NotEqual(wide.Run, usual.Run);
        Assert.Equal((3, 0), (wide.Options.BaseWidth, usual.Options.BaseWidth));
        Assert.Equal(2, wide.Options.Epochs);

        ModelMetadata Imported(NetworkOptions options) =>
            earlier with { Training = null, Origin = "PyTorch", Description = earlier.Description with { Architecture = options } };
    }

    [Fact]
    public void Post_processing_and_calibration_come_back_as_they_were_written_and_older_files_have_none()
    {
        Checkpoint earlier = Checkpoint.Read(Earlier("model.safetensors")).State;
        Assert.Equal((null, null), (earlier.Description.PostProcessing, earlier.Description.Calibration));
        Assert.Null(earlier.TrainingData!.RoiParts);
        RoiPostProcessing[] rules = [new() { MinimumArea = 12.5 }, new() { LargestComponent = true, FillHoles = true }, new(), new()];
        var calibration = new ConfidenceCalibration { Temperature = 1.5, ErrorBefore = 0.2, ErrorAfter = 0.1, DiceSlope = 0.5, DiceIntercepts = [0.1, 0.2, 0.3, 0.4] };
        Checkpoint found = earlier with
        {
            Description = earlier.Description with { PostProcessing = rules, Calibration = calibration },
            TrainingData = earlier.TrainingData with { RoiParts = [new(3, 0), new(4, 2), new(0, 0), new(1, 1)] },
        };

        CheckpointState read = CheckpointState.FromJson(CheckpointState.Of(found).ToJson(), "m");
        CheckpointState model = CheckpointState.FromJson(CheckpointState.Of(read.ToMetadata()).ToJson(), "m");

        foreach (ModelDescription description in (ModelDescription[])[read.ToCheckpoint().Description, model.ToMetadata().Description])
        {
            Assert.Equal(rules, description.PostProcessing);
            Assert.Equal(calibration, description.Calibration! with { DiceIntercepts = calibration.DiceIntercepts });
            Assert.Equal(calibration.DiceIntercepts, description.Calibration.DiceIntercepts);
        }

        Assert.Equal(found.TrainingData.RoiParts, model.TrainingData!.RoiParts);
    }

    [Theory]
    [InlineData("/home/someone/study/folds.csv")]
    [InlineData(@"C:\Users\someone\study\folds.csv")]
    public void No_file_names_the_folders_of_a_run(string foldPath)
    {
        (Checkpoint state, SafetensorsFile file) = Checkpoint.Read(Earlier("model.safetensors"));
        Checkpoint run = state with
        {
            Options = state.Options with { FoldPath = foldPath },
            History = [.. state.History.Select(r => r with { CheckpointPath = foldPath, ModelPath = foldPath })],
        };
        InterchangeData.Write(PathOf("m.safetensors"), run.ToModel(file));
        ModelExporter.Export(PathOf("m.safetensors"), ModelFormat.Safetensors, PathOf("e.safetensors"));
        ModelExporter.Export(PathOf("m.safetensors"), ModelFormat.Onnx, PathOf("e.onnx"));
        ModelExporter.Export(PathOf("m.safetensors"), ModelFormat.PyTorch, PathOf("e.pt"));

        // A model that an earlier version wrote loses its folder when it is exported.
        ModelExporter.Export(Earlier("model.safetensors"), ModelFormat.Onnx, PathOf("earlier.onnx"));

        string[] files = Directory.GetFiles(_folder);
        Assert.Equal(5, files.Length);
        Assert.All(files, path =>
        {
            string text = Encoding.UTF8.GetString(File.ReadAllBytes(path));
            Assert.DoesNotContain("someone", text, StringComparison.Ordinal);
            Assert.DoesNotContain("study", text, StringComparison.Ordinal);
            Assert.Equal(!path.EndsWith(".pt", StringComparison.Ordinal), text.Contains("folds.csv", StringComparison.Ordinal));
        });
    }

    [Theory]
    [InlineData("folds.csv", true)]
    [InlineData("/tmp/study/folds.csv", true)]
    [InlineData(@"C:\Users\someone\folds.csv", true)]
    [InlineData("other.csv", false)]
    [InlineData(null, false)]
    public void Run_resumes_with_a_file_of_folds_of_the_same_name(string? saved, bool isSame)
    {
        Checkpoint state = Checkpoint.Read(Earlier("model.safetensors")).State;
        Checkpoint before = state with { Options = state.Options with { FoldPath = saved } };
        Checkpoint wanted = state with { Options = state.Options with { FoldPath = "/home/someone/folds.csv" } };

        Exception? error = Record.Exception(() => ResumeCheck.Require(before, wanted, "c"));

        Assert.Equal(isSame ? null : "ResumeMismatch", (error as MedSegException)?.ErrorId);
        Assert.Equal(isSame, error is null);
    }

    [Fact]
    public void Run_does_not_resume_with_exchanged_ROIs()
    {
        Checkpoint state = Checkpoint.Read(Earlier("model.safetensors")).State;
        DataDescription exchanged = state.Description.Data with { LabelNames = ["ROI 2", "ROI 1", "ROI 3", "ROI 4"] };

        var error = Assert.Throws<MedSegException>(() => ResumeCheck.Require(state, state with { Description = state.Description with { Data = exchanged } }, "c"));

        Assert.Equal("ResumeMismatch", error.ErrorId);
        Assert.Contains("(ROI 1, ROI 2, ROI 3, ROI 4) in the checkpoint and (ROI 2, ROI 1, ROI 3, ROI 4) in this run, the same names in another order", error.Finding, StringComparison.Ordinal);
    }

    private static string EarlierDescription(string name)
    {
        ModelInfo info = ModelFile.Describe(Earlier(name));
        return $"{string.Join(',', info.LabelNames)} {info.InputSize} {info.Normalization} {info.ResizeMode} {info.Epoch} {info.TrainingSlices} {info.BestValidationDice}";
    }
}
