using System.Security.Cryptography;
using MedSeg.Data.Samples;
using MedSeg.Labels;

namespace MedSeg.Inspection;

/// <summary>Finds the same image or mask under two names, and patients and images in both training and validation.</summary>
internal static class DuplicateFinder
{
    // In standard deviations of the image: the greatest difference of a cell of the coarse picture, and the root mean
    // square one of all pixels, which compression or another window leaves.
    private const float CellDifference = 0.03f;
    private const double PixelDifference = 0.1;

    // A mask of fewer pixels may be the same by chance.
    private const long LeastMaskPixels = 30;

    /// <summary>Finds images that are in the set twice.</summary>
    public static void FindImages(IReadOnlyList<InspectedSlice> slices)
    {
        foreach ((InspectedSlice first, InspectedSlice second) in SameImages(slices))
        {
            Tell(first, second);
            Tell(second, first);
        }

        static void Tell(InspectedSlice slice, InspectedSlice other)
        {
            using RentedSlice pixels = slice.Sample.Pixels!.Open();
            using RentedSlice others = other.Sample.Pixels!.Open();
            bool isSame = pixels.Roi.AsSpan().SequenceEqual(others.Roi);
            slice.Add("ImageTwice", LabelSeverity.Warning, $"the image of '{other.Sample.Name}' is the same, {(isSame ? "and so is its mask" : "but its mask is another")}. Keep one of them.", isOfImage: true);
        }
    }

    /// <summary>Finds masks that belong to two images.</summary>
    public static void FindMasks(IReadOnlyList<InspectedSlice> slices)
    {
        foreach (IGrouping<string, InspectedSlice> group in slices
            .Where(s => s.Sample.RoiPixels.Skip(1).Sum() >= LeastMaskPixels && s.Problems.TrueForAll(p => p.Code != "ImageTwice"))
            .GroupBy(HashOfMask).Where(g => g.Count() > 1))
        {
            foreach (InspectedSlice slice in group)
            {
                slice.Add("MaskTwice", LabelSeverity.Warning, $"the mask of '{group.First(other => other != slice).Sample.Name}' is the same to the pixel, though its image is another. One of them was probably saved under the wrong name.", pixels: slice.Sample.RoiPixels.Skip(1).Sum());
            }
        }
    }

    /// <summary>Finds samples whose patient or image is in the validation set too.</summary>
    public static void FindInValidation(IReadOnlyList<InspectedSlice> slices, IReadOnlyList<InspectedSlice> validation)
    {
        ILookup<string, InspectedSlice> patients = validation.ToLookup(s => s.Sample.Patient);
        foreach (InspectedSlice slice in slices)
        {
            if (patients[slice.Sample.Patient].FirstOrDefault() is { } same)
            {
                slice.Add("PatientInBoth", LabelSeverity.Warning, $"the validation set has slices of the same patient (by PatientID), such as '{same.Sample.Name}': the validation Dice will be too good. Give each patient to one of the two; or check whether anonymisation gave all patients the same ID.", isOfImage: true);
            }
        }

        var own = new HashSet<InspectedSlice>(slices);
        foreach ((InspectedSlice first, InspectedSlice second) in SameImages([.. slices, .. validation]))
        {
            if (own.Contains(first) != own.Contains(second))
            {
                (InspectedSlice slice, InspectedSlice other) = own.Contains(first) ? (first, second) : (second, first);
                slice.Add("ImageInBoth", LabelSeverity.Warning, $"the image is in the validation set too, as '{other.Sample.Name}'. Take one of them out.", isOfImage: true);
            }
        }
    }

    // Images that are near each other are near each other in any one direction, too: only neighbours there are compared.
    private static IEnumerable<(InspectedSlice First, InspectedSlice Second)> SameImages(IReadOnlyList<InspectedSlice> slices)
    {
        InspectedSlice[] seen = [.. slices.Where(s => s.Measure.Deviation > 0)];
        double[] places = [.. seen.Select(Place)];
        Array.Sort(places, seen);
        for (int i = 0; i < seen.Length; i++)
        {
            for (int j = i + 1; j < seen.Length && places[j] - places[i] <= CellDifference; j++)
            {
                if (AreNear(seen[i].Measure.Grid, seen[j].Measure.Grid) && AreSame(seen[i], seen[j]))
                {
                    yield return string.CompareOrdinal(seen[i].Sample.Name, seen[j].Sample.Name) <= 0 ? (seen[i], seen[j]) : (seen[j], seen[i]);
                }
            }
        }
    }

    // The mean of half of the cells.
    private static double Place(InspectedSlice slice)
    {
        float[] grid = slice.Measure.Grid;
        double sum = 0;
        for (int i = 0; i < grid.Length / 2; i++)
        {
            sum += grid[i];
        }

        return sum / (grid.Length / 2);
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
        (float[] a, float[] b) = (pixels.Image, others.Image);
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
