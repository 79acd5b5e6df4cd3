using System.Diagnostics;
using System.Runtime.InteropServices;
using MedSeg.Data.Samples;
using MedSeg.Dicom;
using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Benchmarks;

/// <summary>Reads slices as MedSeg does for training, without masks.</summary>
internal static class OwnReader
{
    private const int InputSize = 256;

    /// <summary>Reads a file into the network's input, [256, 256] from 0 to 1.</summary>
    /// <param name="path">The file.</param>
    /// <param name="buffer">Memory for the slice, which the next one overwrites; null for it to have its own.</param>
    /// <returns>The last slice of the file.</returns>
    public static float[] Read(string path, FrameBuffer? buffer)
    {
        float[] input = [];
        foreach (DicomImage image in DicomImageReader.ReadFrames(path, buffer))
        {
            input = InputPreprocessing.Prepare(ImageSlice.Of(image), ResizeGeometry.Of(image.Rows, image.Columns, InputSize, ResizeMode.Stretch), Normalization.MinMax);
        }

        return input;
    }

    /// <summary>Reads files, again from the first after the last.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="count">How many slices.</param>
    /// <param name="threads">How many at a time.</param>
    /// <param name="isKept">Whether all slices stay in memory, as an import leaves them.</param>
    /// <returns>The seconds that it took.</returns>
    public static double ReadAll(string[] paths, int count, int threads, bool isKept)
    {
        float[]?[] kept = new float[]?[count];
        FrameBuffer Read(int i, FrameBuffer buffer)
        {
            float[] input = OwnReader.Read(paths[i % paths.Length], isKept ? null : buffer);
            kept[i] = isKept ? input : null;
            return buffer;
        }

        long start = Stopwatch.GetTimestamp();
        if (threads == 1)
        {
            var buffer = new FrameBuffer();
            for (int i = 0; i < count; i++)
            {
                Read(i, buffer);
            }
        }
        else
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, () => new FrameBuffer(), (i, _, buffer) => Read(i, buffer), _ => { });
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        GC.KeepAlive(kept);
        return seconds;
    }

    /// <summary>Decodes a file and writes its values as 16-bit numbers, which is what the tools do.</summary>
    /// <param name="path">The file.</param>
    /// <param name="target">The file that is written.</param>
    /// <returns>The seconds that it took.</returns>
    public static double Convert(string path, string target)
    {
        long start = Stopwatch.GetTimestamp();
        var buffer = new FrameBuffer();
        ushort[] words = [];
        using (FileStream stream = File.Create(target))
        {
            foreach (DicomImage image in DicomImageReader.ReadFrames(path, buffer))
            {
                words = words.Length == image.Pixels.Length ? words : new ushort[image.Pixels.Length];
                for (int i = 0; i < words.Length; i++)
                {
                    words[i] = (ushort)image.Pixels[i];
                }

                stream.Write(MemoryMarshal.AsBytes<ushort>(words));
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
