using MedSeg.Errors;

namespace MedSeg.Data.Demo;

/// <summary>What a demo data set is to hold.</summary>
public sealed record DemoDatasetOptions
{
    /// <summary>Gets the absolute path of the folder that the data set is made in.</summary>
    public required string Root { get; init; }

    /// <summary>Gets the number of patients to train with, from 1.</summary>
    public int TrainingPatients { get; init; } = 10;

    /// <summary>Gets the number of patients that are held out for testing, from 0.</summary>
    public int HeldOutPatients { get; init; } = 4;

    /// <summary>Gets the number of slices of each patient, from 1 to 99.</summary>
    public int SlicesPerPatient { get; init; } = 8;

    /// <summary>
    /// Gets the side of the larger images, in pixels, from 48 to 1024. Some patients have images of five sixths of it,
    /// and one has five sixths of it as the number of columns only.
    /// </summary>
    public int Size { get; init; } = 192;

    /// <summary>Gets the seed: the same seed and settings give the same files to the byte.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Gets a value indicating whether an earlier demo data set in the folder is replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Checks the settings.</summary>
    /// <exception cref="MedSegException">A setting is out of its range.</exception>
    internal void Validate()
    {
        Require(!string.IsNullOrWhiteSpace(Root) && Path.IsPathFullyQualified(Root), nameof(Root), $"'{Root}'", "an absolute path");
        RequireRange(TrainingPatients, 1, 999, nameof(TrainingPatients));
        RequireRange(HeldOutPatients, 0, 999, nameof(HeldOutPatients));
        RequireRange(SlicesPerPatient, 1, 99, nameof(SlicesPerPatient));
        RequireRange(Size, 48, 1024, nameof(Size));
    }

    private static void RequireRange(int value, int least, int greatest, string name) =>
        Require(value >= least && value <= greatest, name, $"{value}", $"a whole number from {least} to {greatest}");

    private static void Require(bool condition, string name, string found, string expected)
    {
        if (!condition)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, "DemoOptionInvalid", $"{name} is {found}; give {expected}.");
        }
    }
}
