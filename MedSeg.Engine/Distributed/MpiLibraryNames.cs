namespace MedSeg.Distributed;

/// <summary>The file names under which MPI libraries are installed.</summary>
internal static class MpiLibraryNames
{
    /// <summary>The environment variable that names the library where no parameter does.</summary>
    public const string Variable = "MEDSEG_MPI_LIBRARY";

    // The number is that of the interface: 40 is Open MPI 4 and 5, 12 is MPICH and what is compatible with it, Intel MPI included.
    private static readonly string[] s_openMpi = ["libmpi.so.40"];
    private static readonly string[] s_mpich = ["libmpi.so.12", "libmpich.so.12"];

    /// <summary>Lists the names to try, the most likely first.</summary>
    /// <param name="family">The family of the launcher; null where it is not known.</param>
    /// <param name="isWindows">Whether this is Windows.</param>
    /// <param name="isMacOS">Whether this is macOS.</param>
    public static IReadOnlyList<string> For(MpiFamily? family, bool isWindows, bool isMacOS)
    {
        if (isWindows)
        {
            return ["msmpi.dll", "impi.dll"];
        }

        if (isMacOS)
        {
            return family == MpiFamily.Mpich ? ["libmpi.12.dylib", "libmpi.dylib"] : ["libmpi.40.dylib", "libmpi.12.dylib", "libmpi.dylib"];
        }

        return family switch
        {
            MpiFamily.OpenMpi => [.. s_openMpi, "libmpi.so"],
            MpiFamily.Mpich => [.. s_mpich, "libmpi.so"],
            _ => [.. s_openMpi, .. s_mpich, "libmpi.so"],
        };
    }
}
