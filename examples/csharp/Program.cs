using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Evaluation;
using MedSeg.Inference;
using MedSeg.Inference.Output;
using MedSeg.Training;
using MedSeg.Training.Runs;

// A folder to work in, and the number of epochs. The demo data set stands for your own images and label masks.
string root = Path.GetFullPath(args.Length > 0 ? args[0] : "medseg-sample");
int epochs = args.Length > 1 ? int.Parse(args[1]) : 20;
DemoDataset demo = DemoDataset.Create(new DemoDatasetOptions { Root = Path.Combine(root, "demo"), TrainingPatients = 4, HeldOutPatients = 1, SlicesPerPatient = 2 });

// Import images and masks. Samples that cannot be used say why.
Dataset Import(string part) => DatasetImporter.Import(new DatasetOptions
{
    DicomPath = Path.Combine(root, "demo", part, "dicoms"),
    LabelPath = Path.Combine(root, "demo", part, "labels"),
    LabelNames = demo.LabelNames,
    InputSize = 64,
});
Dataset train = Import("train"), heldOut = Import("heldout");

// Train. Each epoch is a record; enumerating them is what trains.
var run = new RunOptions { OutputPath = Path.Combine(root, "model") };
foreach (EpochRecord epoch in new Trainer(train, new TrainingOptions { Epochs = epochs }, run).Run())
{
    Console.WriteLine($"Epoch {epoch.Epoch}: loss {epoch.Loss:F4}");
}

// Segment scans and write their masks.
using var segmenter = new Segmenter(run.ModelPath);
foreach (SegmentedSlice slice in segmenter.Run([heldOut.DicomPath], new MaskOutput { OutputPath = Path.Combine(root, "masks") }))
{
    Console.WriteLine($"{slice.Name}: {string.Join(", ", slice.Rois.Select(roi => $"{roi.Name} {roi.Area:F0} mm²"))}");
}

// Score the model on patients that it was not trained on.
foreach (ModelScore score in ModelEvaluator.Evaluate(run.ModelPath, heldOut).Rois)
{
    Console.WriteLine($"{score.Name}: Dice {score.Dice:0.000} ({score.DiceLow:0.000} to {score.DiceHigh:0.000})");
}
