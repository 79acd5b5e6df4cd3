using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Evaluation;
using MedSeg.Files.Safetensors;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Inference.Backends;
using MedSeg.Interchange;
using MedSeg.Labels;
using MedSeg.Models;
using MedSeg.Tests.Inference;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.Tests.Evaluation;

/// <summary>Post-processing and calibration from held-out slices into the model, and from there into masks.</summary>
public sealed class PostProcessingSearchTests : IDisposable
{
    private const int Side = 32;
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Planted_holes_and_islands_are_found_in_masks_and_the_expected_Dice_is_theirs()
    {
        HeldOutSlice[] slices = [.. Enumerable.Range(0, 8).Select(i => Planted($"P{i}"))];

        PostProcessingFinding finding = PostProcessingSearch.Find(slices, ["Ring", "Whole"], 0.002);

        Assert.Equal((8, 8), (finding.Slices, finding.Patients));
        Assert.Equal((false, true, true), (finding.Rois[0].PostProcessing.LargestComponent, finding.Rois[0].PostProcessing.MinimumArea > 1, finding.Rois[0].PostProcessing.FillHoles));
        Assert.Equal(RoiPostProcessing.None, finding.Rois[1].PostProcessing);
        Assert.Equal((1, 1), (finding.Rois[0].DiceAfter, finding.Rois[1].DiceAfter));
        Assert.Equal(2.0 * 91 / (100 + 92), finding.Rois[0].DiceBefore!.Value, 1e-12);

        // What is left after post-processing is right, so the network was not sure enough, and its masks are as good as can be.
        Assert.Equal(ConfidenceCalibration.MinimumTemperature, finding.Temperature!.Value, 1e-6);
        Assert.Equal((0.3, 0), (Math.Round(finding.Calibration!.ErrorBefore, 6), Math.Round(finding.Calibration.ErrorAfter, 6)));
        Assert.Equal(1, finding.Calibration.ExpectedDice(1, 0.8)!.Value, 1e-9);
    }

    [Fact]
    public void Ignored_pixels_count_for_the_size_of_a_part_and_for_no_score()
    {
        // The island is where nobody drew, and half of the hole as well.
        HeldOutSlice[] slices = [.. Enumerable.Range(0, 8).Select(i => Planted($"P{i}", truth =>
        {
            Fill(truth, IgnoredPixels.Number, top: 1, left: 27, side: 3);
            truth.AsSpan((7 * Side) + 7, 3).Fill(IgnoredPixels.Number);
        }))];

        PostProcessingFinding finding = PostProcessingSearch.Find(slices, ["Ring", "Whole"], 0.002);

        Assert.Equal(new RoiPostProcessing { FillHoles = true }, finding.Rois[0].PostProcessing);
        Assert.Equal(2.0 * 91 / (97 + 91), finding.Rois[0].DiceBefore!.Value, 1e-12);
        Assert.Equal((1, 0), (finding.Rois[0].DiceAfter, Math.Round(finding.Calibration!.ErrorAfter, 6)));
        Assert.All(slices, slice => Assert.Equal(91 + 36, slice.Pixels.Count));
    }

    [Fact]
    public void Finding_is_written_into_the_model_and_its_exports_and_changes_masks_and_confidence()
    {
        string model = TrainedModel.Train(_folder, epochs: 6);
        Dataset heldOut = TrainedModel.Import(_folder, "heldout");
        SafetensorsFile before = SafetensorsFile.Read(model);
        SliceMask[] plain = Segment(model);
        PostProcessingFinding finding = PostProcessingSearch.Find([model], heldOut, cancellationToken: TestContext.Current.CancellationToken);

        PostProcessingSearch.Write(Change(finding, new RoiPostProcessing { MinimumArea = 1e6 }, temperature: 3), model);

        // The weights are the same, so the masks are the same where nothing is removed.
        ModelInfo info = ModelFile.Describe(model);
        Assert.Equal((1e6, 3), (info.PostProcessing![0].MinimumArea, info.Calibration!.Temperature));
        Assert.All(before.Tensors, t => Assert.Equal(t.Value.Data.ToArray(), SafetensorsFile.Read(model).Tensors[t.Key].Data.ToArray()));
        Assert.All(Segment(model), mask => Assert.All(mask.Pixels, pixel => Assert.Equal(0, pixel)));
        SliceMask[] skipped = Segment(model, new InferenceOptions { SkipPostProcessing = true });
        Assert.Contains(skipped, mask => mask.Pixels.Any(pixel => pixel != 0));
        Assert.All(plain.Zip(skipped), pair => Assert.Equal(pair.First.Pixels, pair.Second.Pixels));
        SegmentedRoi[] rois = [.. skipped.SelectMany(mask => mask.Rois).Where(roi => roi.Pixels > 0)];
        Assert.All(plain.SelectMany(mask => mask.Rois).Where(roi => roi.Pixels > 0).Zip(rois), pair => Assert.True(pair.Second.Confidence < pair.First.Confidence));
        Assert.All(rois, roi => Assert.Equal(info.Calibration.ExpectedDice(roi.Roi, roi.Confidence), roi.ExpectedDice));

        // Evaluation, exported files and other backends do the same.
        Assert.All(ModelEvaluator.Evaluate(model, heldOut, cancellationToken: TestContext.Current.CancellationToken).Slices, score => Assert.Equal(0, score.FoundPixels));
        string onnx = Path.Combine(_folder, "m.onnx");
        string copy = Path.Combine(_folder, "m.safetensors");
        ModelExporter.Export(model, ModelFormat.Onnx, onnx);
        ModelExporter.Export(model, ModelFormat.Safetensors, copy);
        foreach (string path in (string[])[onnx, copy])
        {
            Assert.All(Segment(path), mask => Assert.All(mask.Pixels, pixel => Assert.Equal(0, pixel)));
            Assert.Equal(rois.Select(roi => Math.Round(roi.Confidence!.Value, 4)), Segment(path, new InferenceOptions { SkipPostProcessing = true }).SelectMany(mask => mask.Rois).Where(roi => roi.Pixels > 0).Select(roi => Math.Round(roi.Confidence!.Value, 4)));
        }

        ModelExporter.Export(model, ModelFormat.PyTorch, Path.Combine(_folder, "m.pt"));
        Assert.Null(ModelFile.Describe(Path.Combine(_folder, "m.pt")).Calibration);
    }

    [Fact]
    public void Ensemble_does_what_all_of_its_models_do()
    {
        string first = TrainedModel.Train(_folder);
        string second = Path.Combine(_folder, "second.safetensors");
        string third = Path.Combine(_folder, "third.safetensors");
        File.Copy(first, second);
        File.Copy(first, third);
        PostProcessingFinding finding = PostProcessingSearch.Find([first], TrainedModel.Import(_folder, "heldout"), cancellationToken: TestContext.Current.CancellationToken);
        PostProcessingSearch.Write(Change(finding, new RoiPostProcessing { MinimumArea = 20, FillHoles = true, LargestComponent = true }, temperature: 2), first);
        PostProcessingSearch.Write(Change(finding, new RoiPostProcessing { MinimumArea = 5, FillHoles = true }, temperature: 8), second);

        ModelDescription both = ModelEnsemble.Read([first, second]).First.Description;
        ModelDescription all = ModelEnsemble.Read([first, second, third]).First.Description;

        Assert.All(both.PostProcessing!, rule => Assert.Equal(new RoiPostProcessing { MinimumArea = 5, FillHoles = true }, rule));
        Assert.Equal(4, both.Calibration!.Temperature, 1e-12);
        Assert.Equal((null, null), (all.PostProcessing, all.Calibration));
    }

    [Fact]
    public void Model_is_not_examined_on_slices_that_it_was_trained_on()
    {
        string model = TrainedModel.Train(_folder);
        Dataset training = TrainedModel.Import(_folder, "train");
        var error = Assert.Throws<MedSegException>(() => PostProcessingSearch.Find([model], training, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal("NotHeldOut", error.ErrorId);
        Assert.Equal(3, PostProcessingSearch.Find([model], TrainedModel.Import(_folder, "heldout"), cancellationToken: TestContext.Current.CancellationToken).Slices);

        // Of its own data set, only the slices of patients who were held out are used.
        var options = new TrainingOptions { Epochs = 1, BaseWidth = 2, ValidationFraction = 0.5 };
        _ = new Trainer(training, options, new RunOptions { OutputPath = _folder, ModelName = "split", Device = "cpu" }).Run(null, TestContext.Current.CancellationToken).Last();
        Assert.Equal((3, 1), Counts(PostProcessingSearch.Find([Path.Combine(_folder, "split.safetensors")], training, cancellationToken: TestContext.Current.CancellationToken)));

        // Of a cross-validation, each fold's own; together these are all, and no model may see those of another.
        CrossValidationResult validation = new CrossValidation(training, options with { ValidationFraction = 0, Folds = 2 }, new RunOptions { OutputPath = _folder, ModelName = "cv", Device = "cpu" }).Run(null, TestContext.Current.CancellationToken);
        PostProcessingFinding finding = PostProcessingSearch.FindInFolds(validation, training, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((6, 2), Counts(finding));
        Assert.Equal(validation.ModelPaths, finding.ModelPaths);
        Assert.Equal("NotHeldOut", Assert.Throws<MedSegException>(() => PostProcessingSearch.Find(validation.ModelPaths, training, cancellationToken: TestContext.Current.CancellationToken)).ErrorId);
        error = Assert.Throws<MedSegException>(() => PostProcessingSearch.FindInFolds(validation, TrainedModel.Import(_folder, "heldout"), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal("HeldOutUnknown", error.ErrorId);

        // The folds' Dice is that of their own validation, so it is their own held-out slices that were examined.
        for (int roi = 0; roi < finding.Rois.Count; roi++)
        {
            double expected = validation.Folds.Sum(f => (double.IsNaN(f.Rois[roi].Dice) ? 0 : f.Rois[roi].Dice) * f.Rois[roi].Slices) / validation.Folds.Sum(f => f.Rois[roi].Slices);
            Assert.Equal(expected, finding.Rois[roi].DiceBefore!.Value, 1e-6);
        }
    }

    [Fact]
    public void Resumed_run_drops_what_was_found_of_its_checkpoint()
    {
        string model = TrainedModel.Train(_folder);
        string checkpoint = Path.Combine(Path.GetDirectoryName(model)!, "medseg.checkpoint.safetensors");
        PostProcessingFinding finding = PostProcessingSearch.Find([model], TrainedModel.Import(_folder, "heldout"), cancellationToken: TestContext.Current.CancellationToken);
        PostProcessingSearch.Write(finding, checkpoint);
        Assert.NotNull(ModelFile.Describe(checkpoint).PostProcessing);

        var run = new RunOptions { OutputPath = Path.GetDirectoryName(model)!, Device = "cpu", Resume = true };
        _ = new Trainer(TrainedModel.Import(_folder, "train"), new TrainingOptions { Epochs = 2, BaseWidth = 2 }, run).Run(null, TestContext.Current.CancellationToken).Last();

        ModelInfo info = ModelFile.Describe(model);
        Assert.Equal((2, null, null), (info.Epoch, info.PostProcessing, info.Calibration));
    }

    private static (int, int) Counts(PostProcessingFinding finding) => (finding.Slices, finding.Patients);

    private static PostProcessingFinding Change(PostProcessingFinding finding, RoiPostProcessing rule, double temperature) => finding with
    {
        Rois = [.. finding.Rois.Select(roi => roi with { PostProcessing = rule })],
        Calibration = finding.Calibration! with { Temperature = temperature },
    };

    private SliceMask[] Segment(string model, InferenceOptions? options = null)
    {
        using var segmenter = new Segmenter(model, (options ?? new InferenceOptions()) with { Device = "cpu" });
        return [.. Directory.GetFiles(Path.Combine(_folder, "demo", "heldout", "dicoms")).Order().SelectMany(file => segmenter.SegmentFile(file).ToArray())];
    }

    // ROI 1 is a square of 100 pixels. The model left a hole of 9 in it, and found an island of 1 elsewhere. ROI 2 is as it should be.
    private static HeldOutSlice Planted(string patient, Action<byte[]>? ignore = null)
    {
        byte[] truth = new byte[Side * Side];
        Fill(truth, 1, top: 4, left: 4, side: 10);
        Fill(truth, 2, top: 20, left: 20, side: 6);
        byte[] found = [.. truth];
        ignore?.Invoke(truth);
        Fill(found, 0, top: 7, left: 7, side: 3);
        Fill(found, 1, top: 2, left: 28, side: 1);
        var image = new SliceImage { Name = patient, Pixels = [.. truth.Select((v, i) => v + (0.01f * i))], Rows = Side, Columns = Side, Spacing = new PixelSpacing(1, 1) };
        Sample sample = Assert.Single(InMemoryDataset.Create([new LabeledSlice(image, truth, patient)], new InMemoryDatasetOptions { InputSize = Side, LabelNames = ["Ring", "Whole"], IgnoreLabel = ignore is null ? null : IgnoredPixels.Number }).Samples);
        float[] probabilities = [.. found.Where(roi => roi != 0).SelectMany(roi => roi == 1 ? (float[])[0.15f, 0.7f, 0.15f] : [0.15f, 0.15f, 0.7f])];
        return HeldOutSlice.Of(sample, found, probabilities, roiCount: 2, pixelsPerRoi: 1000);
    }

    private static void Fill(byte[] mask, byte roi, int top, int left, int side)
    {
        for (int row = top; row < top + side; row++)
        {
            mask.AsSpan((row * Side) + left, side).Fill(roi);
        }
    }
}
