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
    public static void FindImages(IReadOnlyList<InspectedSlice> slices, CancellationToken cancellationToken)
    {
        foreach ((InspectedSlice first, InspectedSlice second) in SameImages(slices, cancellationToken))
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
    public static void FindMasks(IReadOnlyList<InspectedSlice> slices, CancellationToken cancellationToken)
    {
        foreach (IGrouping<string, InspectedSlice> group in slices
            .Where(s => s.Sample.RoiPixels.Skip(1).Sum() >= MinimumMaskPixels && s.Problems.TrueForAll(p => p.Code != ErrorIds.ImageTwice))
            .GroupBy(slice => HashOfMask(slice, cancellationToken)).Where(g => g.Count() > 1))
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
    public static void FindInValidation(IReadOnlyList<InspectedSlice> slices, IReadOnlyList<InspectedSlice> validation, CancellationToken cancellationToken)
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
        foreach ((InspectedSlice first, InspectedSlice second) in SameImages([.. slices, .. validation], cancellationToken))
        {
            if (own.Contains(first) != own.Contains(second))
            {
                (InspectedSlice slice, InspectedSlice other) = own.Contains(first) ? (first, second) : (second, first);
                slice.Add(ErrorIds.ImageInBoth, LabelSeverity.Warning, $"The image is also in the validation set, as '{other.Sample.Name}'.", "Remove one of them.", isOfImage: true);
            }
        }
    }

    // No cell of two similar images differs by much, so only those are compared that are close in the three cells that tell images apart best. Time
    // grows with the number of images, not with its square.
    private static IEnumerable<(InspectedSlice First, InspectedSlice Second)> SameImages(IReadOnlyList<InspectedSlice> slices, CancellationToken cancellationToken)
    {
        InspectedSlice[] seen = [.. slices.Where(s => s.Measure.Deviation > 0)];
        int[] cells = TellingCells(seen);
        var boxes = new Dictionary<(int First, int Second, int Third), List<int>>();
        for (int i = 0; i < seen.Length; i++)
        {
            (int first, int second, int third) = (BoxOf(seen[i], cells[0]), BoxOf(seen[i], cells[1]), BoxOf(seen[i], cells[2]));
            foreach (int j in Around(first).SelectMany(x => Around(second).SelectMany(y => Around(third).SelectMany(z => boxes.GetValueOrDefault((x, y, z)) ?? []))).Order())
            {
                cancellationToken.ThrowIfCancellationRequested();
                (InspectedSlice slice, InspectedSlice other) = (seen[i], seen[j]);
                if (AreNear(slice.Measure.Grid, other.Measure.Grid) && AreSame(slice, other))
                {
                    yield return string.CompareOrdinal(slice.Sample.Name, other.Sample.Name) <= 0 ? (slice, other) : (other, slice);
                }
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (!boxes.TryGetValue((first, second, third), out List<int>? box))
            {
                boxes[(first, second, third)] = box = [];
            }

            box.Add(i);
        }

        static IEnumerable<int> Around(int box) => Enumerable.Range(box - 1, 3);
    }

    // The cell of each third of the coarse picture that varies most.
    private static int[] TellingCells(InspectedSlice[] slices)
    {
        int part = SliceFeatures.GridSide * SliceFeatures.GridSide / 3;
        double[] variances = [.. Enumerable.Range(0, 3 * part).Select(cell => Variance(cell))];
        return [.. Enumerable.Range(0, 3).Select(third => Enumerable.Range(third * part, part).MaxBy(cell => variances[cell]))];

        double Variance(int cell)
        {
            (double sum, double squares) = (0, 0);
            foreach (InspectedSlice slice in slices)
            {
                double value = slice.Measure.Grid[cell];
                sum += value;
                squares += value * value;
            }

            return squares - (sum * sum / slices.Length);
        }
    }

    // Values that differ by no more than cells may are in the same box or in neighbouring ones, also after rounding.
    private static int BoxOf(InspectedSlice slice, int cell) => (int)Math.Floor(slice.Measure.Grid[cell] / (1.01 * CellDifference));

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

    private static string HashOfMask(InspectedSlice slice, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
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
