using MedSeg.Models;

namespace MedSeg.Inference;

/// <summary>Removes stray components of a mask and fills its holes, ROI by ROI.</summary>
internal static class MaskPostprocessing
{
    /// <summary>Applies the rules: first components are removed, then holes are filled.</summary>
    /// <param name="mask">The ROI numbers, row by row.</param>
    /// <param name="columns">The pixels of a row.</param>
    /// <param name="rules">The rules of the ROIs 1 to K.</param>
    /// <param name="pixelArea">The area of a pixel in mm²; null if it is unknown.</param>
    public static void Clean(Span<byte> mask, int columns, IReadOnlyList<RoiPostProcessing> rules, double? pixelArea)
    {
        if (rules.Any(rule => rule.RemovesComponents))
        {
            Remove(mask, columns, rules, pixelArea);
        }

        if (rules.Any(rule => rule.FillHoles))
        {
            FillHoles(mask, columns, rules);
        }
    }

    /// <summary>Removes components of each ROI; they become background.</summary>
    /// <param name="mask">The ROI numbers, row by row.</param>
    /// <param name="columns">The pixels of a row.</param>
    /// <param name="rules">The rules of the ROIs 1 to K.</param>
    /// <param name="pixelArea">The area of a pixel in mm²; null if it is unknown.</param>
    public static void Remove(Span<byte> mask, int columns, IReadOnlyList<RoiPostProcessing> rules, double? pixelArea)
    {
        var components = new MaskComponents(mask, columns);
        bool[] isKept = [.. components.List.Select((c, i) => rules[c.Roi - 1].Keeps(c.Pixels, components.IsLargest(i), pixelArea))];
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = mask[i] != 0 && !isKept[components.At(i)] ? (byte)0 : mask[i];
        }
    }

    /// <summary>Fills background enclosed by one ROI. Background that touches the border of the image or two ROIs is not a hole.</summary>
    /// <param name="mask">The ROI numbers, row by row; pixels of a hole are connected by their sides.</param>
    /// <param name="columns">The pixels of a row.</param>
    /// <param name="rules">The rules of the ROIs 1 to K.</param>
    public static void FillHoles(Span<byte> mask, int columns, IReadOnlyList<RoiPostProcessing> rules)
    {
        int[] components = new int[mask.Length];
        var around = new List<int> { -1 };
        var queue = new Stack<int>();
        for (int start = 0; start < mask.Length; start++)
        {
            if (mask[start] == 0 && components[start] == 0)
            {
                _ = MaskFlood.Fill(mask, columns, start, around.Count, components, queue, corners: false);
                around.Add(0);
            }
        }

        for (int i = 0; i < mask.Length; i++)
        {
            if (mask[i] == 0)
            {
                around[components[i]] = Join(around[components[i]], Neighbours(mask, columns, i));
            }
        }

        for (int i = 0; i < mask.Length; i++)
        {
            int enclosing = mask[i] == 0 ? around[components[i]] : 0;
            mask[i] = enclosing > 0 && rules[enclosing - 1].FillHoles ? (byte)enclosing : mask[i];
        }
    }

    // 0: nothing known yet; −1: not a hole; otherwise the enclosing ROI.
    private static int Join(int first, int second) => first == 0 ? second : second == 0 || first == second ? first : -1;

    private static int Neighbours(ReadOnlySpan<byte> mask, int columns, int pixel)
    {
        int column = pixel % columns;
        if (column == 0 || column == columns - 1 || pixel < columns || pixel >= mask.Length - columns)
        {
            return -1;
        }

        return Join(Join(mask[pixel - 1], mask[pixel + 1]), Join(mask[pixel - columns], mask[pixel + columns]));
    }
}
