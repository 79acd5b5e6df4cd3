using System.Globalization;
using MedSeg.Dicom;

namespace MedSeg.Benchmarks;

/// <summary>Checks that memory stays flat while slices stream past.</summary>
internal static class StreamCheck
{
    private const int Slices = 10_000;
    private const int Early = 1_000;

    // What is collected late may lie about; what is never let go of grows by 256 KiB a slice.
    private const double MostGrowth = 32;

    /// <summary>Reads 10,000 slices, one after the other, and looks at the memory.</summary>
    /// <param name="files">The files, which are read again and again.</param>
    /// <returns>Whether the peaks at 10,000 are at most 32 MiB above those at 1,000.</returns>
    public static bool Run(SliceFiles files)
    {
        string[] paths = [.. Codec.All.Where(c => c.IsAvailable).SelectMany(c => files.Small(c).Take(80))];
        var buffer = new FrameBuffer();
        (double managed, double resident) = (0, 0);
        (double earlyManaged, double earlyResident) = (0, 0);
        for (int i = 1; i <= Slices; i++)
        {
            OwnReader.Read(paths[i % paths.Length], buffer);
            if (i % 10 == 0)
            {
                managed = Math.Max(managed, Mebibytes(GC.GetTotalMemory(forceFullCollection: false)));
                resident = Math.Max(resident, Mebibytes(Environment.WorkingSet));
            }

            if (i == Early)
            {
                (earlyManaged, earlyResident) = (managed, resident);
            }
        }

        bool isFlat = managed - earlyManaged <= MostGrowth && resident - earlyResident <= MostGrowth;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            | peak, MiB | after {Early} slices | after {Slices} slices |
            |---|---|---|
            | managed memory | {earlyManaged:0.0} | {managed:0.0} |
            | working set | {earlyResident:0.0} | {resident:0.0} |

            Memory {(isFlat ? "stays flat" : $"GROWS by more than {MostGrowth} MiB")} over {paths.Length} files of all encodings, read again and again.
            """));
        return isFlat;
    }

    private static double Mebibytes(long bytes) => bytes / 1024.0 / 1024.0;
}
