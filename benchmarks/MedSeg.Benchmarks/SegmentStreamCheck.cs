using System.Globalization;
using MedSeg.Inference;
using MedSeg.Inference.Backends;
using MedSeg.Inference.Output;

namespace MedSeg.Benchmarks;

/// <summary>Checks that memory stays flat while slices are segmented.</summary>
internal static class SegmentStreamCheck
{
    private const int Slices = 2_000;
    private const int Early = 200;
    private const int Side = 32;

    // Of a slice that is done only its numbers stay: some kilobytes, where its pixels alone would be 256.
    private const double MostGrowth = 32;

    /// <summary>Segments 2,000 slices, and looks at the memory.</summary>
    /// <param name="files">The slices, which are copied under other names.</param>
    /// <param name="backend">What computes.</param>
    /// <returns>Whether the peaks at 2,000 are at most 32 MiB above those at 200.</returns>
    public static bool Run(SliceFiles files, InferenceBackend backend)
    {
        string folder = Directory.CreateDirectory(Path.Combine(files.Scratch, "many")).FullName;
        string[] paths = files.Small(Codec.All[0]);
        for (int i = Directory.GetFiles(folder).Length; i < Slices; i++)
        {
            File.Copy(paths[i % paths.Length], Path.Combine(folder, $"{i:0000}.dcm"));
        }

        (double managed, double resident) = (0, 0);
        (double earlyManaged, double earlyResident) = (0, 0);
        string model = PublishedModel.Write(files.Scratch, Side).Safetensors;
        using var segmenter = new Segmenter(model, new InferenceOptions { Device = "cpu", Backend = backend });
        var masks = new MaskOutput { OutputPath = Path.Combine(files.Scratch, "many-masks"), Force = true };
        int count = 0;
        foreach (SegmentedSlice slice in segmenter.Run([folder], masks))
        {
            if (++count % 10 == 0)
            {
                managed = Math.Max(managed, GC.GetTotalMemory(forceFullCollection: false) / 1024.0 / 1024.0);
                resident = Math.Max(resident, Environment.WorkingSet / 1024.0 / 1024.0);
            }

            if (count == Early)
            {
                (earlyManaged, earlyResident) = (managed, resident);
            }
        }

        bool isFlat = count == Slices && managed - earlyManaged <= MostGrowth && resident - earlyResident <= MostGrowth;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            | {backend}, peak, MiB | after {Early} slices | after {count} slices |
            |---|---|---|
            | managed memory | {earlyManaged:0.0} | {managed:0.0} |
            | working set | {earlyResident:0.0} | {resident:0.0} |

            Memory {(isFlat ? "stays flat" : $"GROWS by more than {MostGrowth} MiB, or slices are missing")}.

            """));
        return isFlat;
    }
}
