using System.Security.Cryptography;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Labels;

namespace MedSeg.Inspection;

/// <summary>Finds images and masks that occur under two names, and patients and images that are in both training and validation.</summary>
internal static class DuplicateFinder
{
    // In standard deviations of the image: the largest difference of a cell of the coarse picture, and the root mean square difference
    // of all pixels, that compression or another window may cause.
    private const float CellDifference = 0.03f;
    private const double PixelDifference = 0.1;

    // Masks of fewer pixels may be identical by chance.
    private const long MinimumMaskPixels = 30;

    /// <summary>Finds images that occur twice in the data set.</summary>
    public static void FindImages(IReadOnlyList<InspectedSlice> slices)
    {
        foreach ((InspectedSlice first, InspectedSlice second) in SameImages(slices))
        {
            Report(first, second);
            Report(second, first);
        }

        static void Report(InspectedSlice slice, InspectedSlice other)
        {
            using RentedSlice pixels = slice.Sample.Pixels!.Open();
            using RentedSlice others = other.Sample.Pixels!.Open();
            bool isSame = pixels.Roi.AsSpan().SequenceEqual(others.Roi);
            string masks = isSame ? "and so are their masks" : "but their masks differ";
            slice.Add(ErrorIds.ImageTwice, LabelSeverity.Warning, $"The image is identical to that of '{other.Sample.Name}', {masks}.", "Keep one of them.", isOfImage: true);
        }
    }

    /// <summary>Finds identical masks of different images.</summary>
    public static void FindMasks(IReadOnlyList<InspectedSlice> slices)
    {
        foreach (IGrouping<string, InspectedSlice> group in slices
            .Where(s => s.Sample.RoiPixels.Skip(1).Sum() >= MinimumMaskPixels && s.Problems.TrueForAll(p => p.Code != ErrorIds.ImageTwice))
            .GroupBy(HashOfMask).Where(g => g.Count() > 1))
        {
            foreach (InspectedSlice slice in group)
            {
                slice.Add(
                    ErrorIds.MaskTwice,
                    LabelSeverity.Warning,
                    $"The mask is identical to that of '{group.First(other => other != slice).Sample.Name}', although the images differ.",
                    "One of them was probably saved under the wrong name.",
                    pixels: slice.Sample.RoiPixels.Skip(1).Sum());
            }
        }
    }

    /// <summary>Finds samples whose patient or image is also in the validation set.</summary>
    public static void FindInValidation(IReadOnlyList<InspectedSlice> slices, IReadOnlyList<InspectedSlice> validation)
    {
        ILookup<string, InspectedSlice> patients = validation.ToLookup(s => s.Sample.Patient);
        foreach (InspectedSlice slice in slices)
        {
            if (patients[slice.Sample.Patient].FirstOrDefault() is { } same)
            {
                slice.Add(
                    ErrorIds.PatientInBoth,
                    LabelSeverity.Warning,
                    $"The validation set has slices of the same patient (by PatientID), such as '{same.Sample.Name}', so the validation Dice will be too high.",
                    "Move all slices of a patient to one of the two sets, or check whether anonymisation gave all patients the same ID.",
                    isOfImage: true);
            }
        }

        var own = new HashSet<InspectedSlice>(slices);
        foreach ((InspectedSlice first, InspectedSlice second) in SameImages([.. slices, .. validation]))
        {
            if (own.Contains(first) != own.Contains(second))
            {
                (InspectedSlice slice, InspectedSlice other) = own.Contains(first) ? (first, second) : (second, first);
                slice.Add(ErrorIds.ImageInBoth, LabelSeverity.Warning, $"The image is also in the validation set, as '{other.Sample.Name}'.", "Remove one of them.", isOfImage: true);
            }
        }
    }

    // Similar images have similar means of each third of their coarse picture, so only those are compared that are close in all three. Time grows
    // with the number of images, not with its square.
    private static IEnumerable<(InspectedSlice First, InspectedSlice Second)> SameImages(IReadOnlyList<InspectedSlice> slices)
    {
        var seen = new Dictionary<(int First, int Second, int Third), List<InspectedSlice>>();
        foreach (InspectedSlice slice in slices.Where(s => s.Measure.Deviation > 0))
        {
            (int first, int second, int third) = BoxOf(slice);
            foreach (InspectedSlice other in Around(first).SelectMany(x => Around(second).SelectMany(y => Around(third).SelectMany(z => seen.GetValueOrDefault((x, y, z)) ?? []))))
            {
                if (AreNear(slice.Measure.Grid, other.Measure.Grid) && AreSame(slice, other))
                {
                    yield return string.CompareOrdinal(slice.Sample.Name, other.Sample.Name) <= 0 ? (slice, other) : (other, slice);
                }
            }

            if (!seen.TryGetValue((first, second, third), out List<InspectedSlice>? box))
            {
                seen[(first, second, third)] = box = [];
            }

            box.Add(slice);
        }

        static IEnumerable<int> Around(int box) => Enumerable.Range(box - 1, 3);
    }

    // Means that differ by no more than cells may are in the same box or in neighbouring ones, also after rounding.
    private static (int First, int Second, int Third) BoxOf(InspectedSlice slice)
    {
        float[] grid = slice.Measure.Grid;
        int part = grid.Length / 3;
        return (Box(0), Box(1), Box(2));

        int Box(int third)
        {
            double sum = 0;
            foreach (float cell in grid.AsSpan(third * part, part))
            {
                sum += cell;
            }

            return (int)Math.Floor(sum / part / (1.01 * CellDifference));
        }
    }

    private static bool AreNear(float[] a, float[] b)
    {
        for (int i = 0; i < a.Length; i++)
        {
            if (Math.Abs(a[i] - b[i]) > CellDifference)
            {
                return false;
            }
        }

        return true;
    }

    private static string HashOfMask(InspectedSlice slice)
    {
        using RentedSlice pixels = slice.Sample.Pixels!.Open();
        return Convert.ToHexString(SHA256.HashData(pixels.Roi));
    }

    private static bool AreSame(InspectedSlice first, InspectedSlice second)
    {
        using RentedSlice pixels = first.Sample.Pixels!.Open();
        using RentedSlice others = second.Sample.Pixels!.Open();
        (float[] a, float[] b) = (pixels.FirstChannel(), others.FirstChannel());
        if (a.Length != b.Length)
        {
            return false;
        }

        (SliceFeatures ofA, SliceFeatures ofB) = (first.Measure, second.Measure);
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            double difference = ((a[i] - ofA.Mean) / ofA.Deviation) - ((b[i] - ofB.Mean) / ofB.Deviation);
            sum += difference * difference;
        }

        return sum <= PixelDifference * PixelDifference * a.Length;
    }
}
