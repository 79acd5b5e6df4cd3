using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Inspection;
using MedSeg.Models;
using MedSeg.Training.Optimization;

namespace MedSeg.Training;

/// <summary>Checks a state that was read from a file: nothing the program relies on may be missing or out of range.</summary>
internal static class CheckpointValidation
{
    /// <summary>Finds what is wrong.</summary>
    /// <param name="state">The state.</param>
    /// <returns>A clause without a full stop; null if nothing is wrong.</returns>
    public static string? FindProblem(CheckpointState state) =>
        FindMissing(state) ?? FindOutOfRange(state) ?? FindInProfile(state.TrainingData) ?? FindInEvidence(state) ?? FindInArchitecture(state);

    private static string? FindMissing(CheckpointState state)
    {
        (string Name, bool IsPresent)[] values =
        [
            (nameof(state.Options), state.Options is not null),
            (nameof(state.LabelNames), state.LabelNames is not null && state.LabelNames.All(name => name is not null)),
            (nameof(state.Run), state.Run is not null),
            (nameof(state.Channels), state.Channels is null || state.Channels.All(channel => channel is { Name: not null, Source: not null })),
            (nameof(state.History), state.History is not null && state.History.All(IsWhole)),
        ];
        return Array.Find(values, v => !v.IsPresent) is { Name: { } missing } ? $"{missing} is missing or incomplete" : null;
    }

    private static bool IsWhole(EpochRecord? record) =>
        record is { Device: not null } && (record.ValidationDiceByRoi is null || record.ValidationDiceByRoi.All(score => score is { Name: not null }));

    private static string? FindOutOfRange(CheckpointState state)
    {
        (string Name, object Value, bool IsValid)[] values =
        [
            (nameof(state.Epoch), state.Epoch, state.Epoch >= 0),
            (nameof(state.StepInEpoch), state.StepInEpoch, state.StepInEpoch >= 0),
            (nameof(state.Steps), state.Steps, state.Steps >= 0),
            (nameof(state.TrainingSlices), state.TrainingSlices, state.TrainingSlices >= 0),
            (nameof(state.ValidationSlices), state.ValidationSlices, state.ValidationSlices >= 0),
            (nameof(state.Normalization), state.Normalization, Enum.IsDefined(state.Normalization)),
            (nameof(state.ResizeMode), state.ResizeMode, Enum.IsDefined(state.ResizeMode)),
            (nameof(state.PixelSize), state.PixelSize, Preprocessing.IsPixelSize(state.PixelSize)),
            (nameof(state.LabelResampling), state.LabelResampling ?? default, Enum.IsDefined(state.LabelResampling ?? default)),
            (nameof(state.Options.Loss), state.Options.Loss, Enum.IsDefined(state.Options.Loss)),
            (nameof(state.Options.Schedule), state.Options.Schedule, Enum.IsDefined(state.Options.Schedule)),
            (nameof(state.Options.Precision), state.Options.Precision, Enum.IsDefined(state.Options.Precision)),
            (nameof(state.GradientScale), state.GradientScale ?? GradientScale.Initial, state.GradientScale?.IsValid != false),
            (nameof(state.InputSize), state.InputSize, state.InputSize <= InputLimits.MaximumInputSize),
        ];
        return Array.Find(values, v => !v.IsValid && v.Name is not null) is { Name: { } name, Value: { } value } ? $"{name} is {value}" : null;
    }

    private static string? FindInProfile(TrainingDataProfile? profile)
    {
        const int cells = SliceFeatures.GridSide * SliceFeatures.GridSide;
        bool isWhole = profile is null
            || (profile is { Modalities: not null, Means.Count: 2, Deviations.Count: 2, Picture.Count: cells } && profile.Modalities.All(name => name is not null)
                && (profile.SliceAxis is null || Enum.IsDefined(profile.SliceAxis.Value))
                && (profile.RoiParts is null || profile.RoiParts.All(parts => parts.IsValid)));
        return isWhole ? null : "TrainingData is incomplete";
    }

    private static string? FindInEvidence(CheckpointState state) =>
        !IsValid(state.PostProcessing, state.LabelNames.Count) ? "PostProcessing is incomplete or out of range"
        : !IsValid(state.Calibration, state.LabelNames.Count) ? "Calibration is incomplete or out of range"
        : null;

    private static bool IsValid(IReadOnlyList<RoiPostProcessing>? rules, int roiCount) =>
        rules is null || (rules.Count == roiCount && rules.All(rule => rule is { MinimumArea: >= 0 and < double.PositiveInfinity }));

    private static bool IsValid(ConfidenceCalibration? calibration, int roiCount) => calibration is null
        || (calibration is
        {
            Temperature: >= ConfidenceCalibration.MinimumTemperature and <= ConfidenceCalibration.MaximumTemperature,
            ErrorBefore: >= 0 and <= 1,
            ErrorAfter: >= 0 and <= 1,
            DiceSlope: >= 0 and < double.PositiveInfinity,
            DiceIntercepts: not null,
        }
        && calibration.DiceIntercepts.Count == roiCount
        && calibration.DiceIntercepts.All(double.IsFinite));

    private static string? FindInArchitecture(CheckpointState state)
    {
        try
        {
            state.Options.NetworkFor(InputShape.Of(state.Channels, state.InputSize), state.LabelNames.Count).Validate();
            InputLimits.RequireLabelNames(state.LabelNames);
            return null;
        }
        catch (MedSegException e)
        {
            return e.Finding.TrimEnd('.');
        }
    }
}
