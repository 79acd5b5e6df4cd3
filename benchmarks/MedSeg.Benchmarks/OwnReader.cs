using System.Diagnostics;
using System.Runtime.InteropServices;
using MedSeg.Dicom;
using MedSeg.Imaging;

namespace MedSeg.Benchmarks;

/// <summary>Reads slices as MedSeg does for training, without masks.</summary>
internal static class OwnReader
{
    private const int InputSize = 256;

    /// <summary>Reads a file into the network's input, [256, 256] from 0 to 1.</summary>
    /// <param name="path">The file.</param>
    public static void Read(string path)
    {
        foreach (DicomImage image in new DicomImageReader().ReadFrames(path))
        {
            float[] pixels = ImageResizer.ResizeImage(image.Pixels, image.Rows, image.Columns, InputSize, default);
            IntensityNormalizer.Apply(pixels, Normalization.MinMax);
        }
    }

    /// <summary>Reads files.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="threads">How many at a time.</param>
    /// <returns>The seconds that it took.</returns>
    public static double ReadAll(string[] paths, int threads)
    {
        long start = Stopwatch.GetTimestamp();
        if (threads == 1)
        {
            Array.ForEach(paths, Read);
        }
        else
        {
            Parallel.ForEach(paths, new ParallelOptions { MaxDegreeOfParallelism = threads }, Read);
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Decodes a file and writes its values as 16-bit numbers, which is what the tools do.</summary>
    /// <param name="path">The file.</param>
    /// <param name="target">The file that is written.</param>
    /// <returns>The seconds that it took.</returns>
    public static double Convert(string path, string target)
    {
        long start = Stopwatch.GetTimestamp();
        float[] pixels = new DicomImageReader().Read(path).Pixels;
        ushort[] words = new ushort[pixels.Length];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = (ushort)pixels[i];
        }

        using (FileStream stream = File.Create(target))
        {
            stream.Write(MemoryMarshal.AsBytes<ushort>(words));
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
