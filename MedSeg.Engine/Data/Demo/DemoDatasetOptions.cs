using MedSeg.Errors;

namespace MedSeg.Data.Demo;

/// <summary>The options of a demo data set.</summary>
public sealed record DemoDatasetOptions
{
    /// <summary>Gets the absolute path of the folder of the data set.</summary>
    public required string Root { get; init; }

    /// <summary>Gets the number of training patients, from 1 to 999.</summary>
    public int TrainingPatients { get; init; } = 10;

    /// <summary>Gets the number of patients held out for testing, from 0 to 999.</summary>
    public int HeldOutPatients { get; init; } = 4;

    /// <summary>Gets the number of slices of each patient, from 1 to 99.</summary>
    public int SlicesPerPatient { get; init; } = 8;

    /// <summary>
    /// Gets the side of the larger images, in pixels from 48 to 1024. Some patients have images whose side is five sixths of it, and one
    /// patient has images with five sixths of the columns only.
    /// </summary>
    public int Size { get; init; } = 192;

    /// <summary>Gets the seed: the same seed and options give identical files.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Gets a value indicating whether an earlier demo data set in the folder is replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Checks the options.</summary>
    /// <exception cref="MedSegException"><c>DemoOptionInvalid</c>: an option is out of range.</exception>
    internal void Validate()
    {
        Require(!string.IsNullOrWhiteSpace(Root) && Path.IsPathFullyQualified(Root), nameof(Root), $"'{Root}'", "an absolute path");
        RequireRange(TrainingPatients, 1, 999, nameof(TrainingPatients));
        RequireRange(HeldOutPatients, 0, 999, nameof(HeldOutPatients));
        RequireRange(SlicesPerPatient, 1, 99, nameof(SlicesPerPatient));
        RequireRange(Size, 48, 1024, nameof(Size));
    }

    private static void RequireRange(int value, int minimum, int maximum, string name) =>
        Require(value >= minimum && value <= maximum, name, $"{value}", $"a whole number from {minimum} to {maximum}");

    private static void Require(bool condition, string name, string found, string expected)
    {
        if (!condition)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.DemoOptionInvalid, $"{name} is {found}, but it must be {expected}.");
        }
    }
}
