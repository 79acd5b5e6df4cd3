namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>The inverse transforms from luminance and two differences to red, green and blue (T.800, annex G), in place.</summary>
internal static class ComponentTransform
{
    /// <summary>Undoes the reversible transform.</summary>
    public static void Invert(int[] first, int[] second, int[] third)
    {
        for (int i = 0; i < first.Length; i++)
        {
            int green = first[i] - ((second[i] + third[i]) >> 2);
            first[i] = third[i] + green;
            third[i] = second[i] + green;
            second[i] = green;
        }
    }

    /// <summary>Undoes the irreversible transform.</summary>
    public static void Invert(float[] first, float[] second, float[] third)
    {
        for (int i = 0; i < first.Length; i++)
        {
            float luminance = first[i];
            first[i] = luminance + (1.402f * third[i]);
            float blue = luminance + (1.772f * second[i]);
            second[i] = luminance - (0.344136f * second[i]) - (0.714136f * third[i]);
            third[i] = blue;
        }
    }
}
