namespace MedSeg.Data.Demo;

/// <summary>The properties of a demo patient and the scan, which vary between patients.</summary>
internal sealed record DemoPatient
{
    private const double MinimumSpacing = 0.6;
    private const double MaximumSpacing = 0.9;

    /// <summary>Gets the number of the patient, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Gets the seed of the data set.</summary>
    public required int Seed { get; init; }

    public required int Rows { get; init; }

    public required int Columns { get; init; }

    /// <summary>Gets the pixel spacing in both directions, in mm.</summary>
    public required double Spacing { get; init; }

    /// <summary>Gets a value indicating whether the scan has strong noise and a strong bias field.</summary>
    public required bool IsHard { get; init; }

    /// <summary>Gets the size of the body within the image, about 1.</summary>
    public required double Zoom { get; init; }

    /// <summary>Gets the size of the muscles, about 1.</summary>
    public required double Muscle { get; init; }

    /// <summary>Gets the thickness of the fat below the skin, as a fraction of half the image.</summary>
    public required double FatThickness { get; init; }

    /// <summary>Gets the fraction of fat in the muscles behind the spine, from 0 to 1.</summary>
    public required double Infiltration { get; init; }

    /// <summary>Gets the factor of all intensities.</summary>
    public required double Gain { get; init; }

    /// <summary>Gets the difference between the sides: if above 0, the muscles on the left are larger.</summary>
    public required double Asymmetry { get; init; }

    /// <summary>Draws a patient.</summary>
    /// <param name="seed">The seed of the data set.</param>
    /// <param name="number">The number of the patient, from 1.</param>
    /// <param name="size">The side of the larger images, in pixels.</param>
    public static DemoPatient Create(int seed, int number, int size)
    {
        var random = new DemoRandom(seed, number);
        int smaller = size * 5 / 6;

        // The third patient has images that are not square; every second of the others has small ones.
        (int rows, int columns) = number == 3 ? (size, smaller) : number % 2 == 0 ? (smaller, smaller) : (size, size);
        return new DemoPatient
        {
            Number = number,
            Seed = seed,
            Rows = rows,
            Columns = columns,
            Spacing = Math.Round(random.Uniform(MinimumSpacing, MaximumSpacing), 4),
            IsHard = number % 5 == 2,
            Zoom = random.Uniform(0.9, 1.06),
            Muscle = random.Uniform(0.86, 1.12),
            FatThickness = random.Uniform(0.035, 0.11),
            Infiltration = random.Uniform(0, 0.45),
            Gain = random.Uniform(0.7, 1.6),
            Asymmetry = random.Uniform(-0.06, 0.06),
        };
    }
}
