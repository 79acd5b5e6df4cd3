using MedSeg.Errors;
using MedSeg.Training;

namespace MedSeg.Tests.Training;

/// <summary>What a run says that cannot resume.</summary>
public sealed class ResumeCheckTests
{
    private static readonly Checkpoint s_saved = Checkpoint.Read(Path.Combine(AppContext.BaseDirectory, "Golden", "format_2", "model.safetensors")).State;

    [Fact]
    public void Same_options_and_data_resume_and_more_epochs_too()
    {
        ResumeCheck.Require(s_saved, s_saved, "c.safetensors");
        ResumeCheck.Require(s_saved, s_saved with { Options = s_saved.Options with { Epochs = 900 } }, "c.safetensors");
    }

    [Fact]
    public void Fold_file_is_compared_by_its_name() =>
        ResumeCheck.Require(s_saved, s_saved with { Options = s_saved.Options with { FoldPath = Path.Combine(Path.GetTempPath(), "folds.csv") } }, "c.safetensors");

    [Fact]
    public void Every_difference_is_named_with_both_values()
    {
        Checkpoint wanted = s_saved with { TrainingSlices = 9, ValidationSlices = 1, Options = s_saved.Options with { LearningRate = 0.5, FoldPath = null } };

        var error = Assert.Throws<MedSegException>(() => ResumeCheck.Require(s_saved, wanted, "c.safetensors"));

        Assert.Equal(("ResumeMismatch", ErrorKind.InvalidArgument, "c.safetensors"), (error.ErrorId, error.Kind, error.Path));
        Assert.Equal(
            "c.safetensors: The checkpoint was made with other options or data: "
            + "-FoldPath is folds.csv in the checkpoint and not set in this run; -LearningRate is 0.0001 in the checkpoint and 0.5 in this run; "
            + "there are 2 validation slices in the checkpoint and 1 in this run; there are 4 training slices in the checkpoint and 9 in this run.",
            Sorted(error.Finding));
        Assert.Equal("Resume with the same options and data, or start again with -Force.", error.Advice);
        error = Assert.Throws<MedSegException>(() => ResumeCheck.Require(wanted, s_saved with { TrainingSlices = 9, ValidationSlices = 1, Options = s_saved.Options with { LearningRate = 0.5 } }, "c.safetensors"));
        Assert.Contains("-FoldPath is not set in the checkpoint and folds.csv in this run", error.Finding, StringComparison.Ordinal);
    }

    // Options come in the order of the type's properties, which is none that matters.
    private static string Sorted(string finding)
    {
        string[] parts = finding.TrimEnd('.').Split("data: ", 2);
        return $"{parts[0]}data: {string.Join("; ", parts[1].Split("; ").Order(StringComparer.Ordinal))}.";
    }
}
