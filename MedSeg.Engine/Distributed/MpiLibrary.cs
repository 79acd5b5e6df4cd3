using System.Runtime.InteropServices;
using MedSeg.Errors;

namespace MedSeg.Distributed;

/// <summary>
/// The functions of MPI that training needs, as pointers: the library is found at run time, and none is needed otherwise. A handle that is
/// passed as nint fits the ints of MPICH's family and the addresses of Open MPI on 64-bit machines. Source: MPI 3.1, and the headers of
/// MPICH 4.0 and Open MPI 4.1.
/// </summary>
internal sealed unsafe class MpiLibrary
{
    // MPI_MAX_LIBRARY_VERSION_STRING is 8192 in MPICH and 256 in Open MPI.
    private const int LongestVersion = 8192;

    private readonly nint _library;

    private MpiLibrary(nint library, string path)
    {
        _library = library;
        Path = path;
        Version = ReadVersion();
        Family = FamilyOf(Version) ?? throw Unusable($"{path}: The library calls itself '{Version}', which is no MPI that MedSeg knows.");
        World = Handle("ompi_mpi_comm_world", 0x44000000);
        Float = Handle("ompi_mpi_float", 0x4c00040a);
        UnsignedShort = Handle("ompi_mpi_unsigned_short", 0x4c000204);
        Byte = Handle("ompi_mpi_byte", 0x4c00010d);
        InPlace = Family == MpiFamily.OpenMpi ? 1 : -1;
        IgnoreStatus = Family == MpiFamily.OpenMpi ? 0 : 1;
        Initialized = (delegate* unmanaged<int*, int>)Symbol("MPI_Initialized");
        InitThread = (delegate* unmanaged<int*, byte***, int, int*, int>)Symbol("MPI_Init_thread");
        Finalized = (delegate* unmanaged<int*, int>)Symbol("MPI_Finalized");
        Finalize = (delegate* unmanaged<int>)Symbol("MPI_Finalize");
        Abort = (delegate* unmanaged<nint, int, int>)Symbol("MPI_Abort");
        Rank = (delegate* unmanaged<nint, int*, int>)Symbol("MPI_Comm_rank");
        Size = (delegate* unmanaged<nint, int*, int>)Symbol("MPI_Comm_size");
        Send = (delegate* unmanaged<void*, int, nint, int, int, nint, int>)Symbol("MPI_Send");
        Receive = (delegate* unmanaged<void*, int, nint, int, int, nint, nint, int>)Symbol("MPI_Recv");
        Broadcast = (delegate* unmanaged<void*, int, nint, int, nint, int>)Symbol("MPI_Bcast");
        AllToAll = (delegate* unmanaged<void*, int*, int*, nint, void*, int*, int*, nint, nint, int>)Symbol("MPI_Alltoallv");
        AllGather = (delegate* unmanaged<nint, int, nint, void*, int*, int*, nint, nint, int>)Symbol("MPI_Allgatherv");
    }

    /// <summary>Gets the name or path of the library.</summary>
    public string Path { get; }

    /// <summary>Gets the first line of what MPI_Get_library_version returns.</summary>
    public string Version { get; }

    /// <summary>Gets the family, which decides the handles.</summary>
    public MpiFamily Family { get; }

    /// <summary>Gets MPI_COMM_WORLD.</summary>
    public nint World { get; }

    /// <summary>Gets MPI_FLOAT.</summary>
    public nint Float { get; }

    /// <summary>Gets MPI_UNSIGNED_SHORT.</summary>
    public nint UnsignedShort { get; }

    /// <summary>Gets MPI_BYTE.</summary>
    public nint Byte { get; }

    /// <summary>Gets MPI_IN_PLACE.</summary>
    public nint InPlace { get; }

    /// <summary>Gets MPI_STATUS_IGNORE.</summary>
    public nint IgnoreStatus { get; }

    /// <summary>Gets MPI_Initialized.</summary>
    public delegate* unmanaged<int*, int> Initialized { get; }

    /// <summary>Gets MPI_Init_thread.</summary>
    public delegate* unmanaged<int*, byte***, int, int*, int> InitThread { get; }

    /// <summary>Gets MPI_Finalized.</summary>
    public delegate* unmanaged<int*, int> Finalized { get; }

    /// <summary>Gets MPI_Finalize.</summary>
    public delegate* unmanaged<int> Finalize { get; }

    /// <summary>Gets MPI_Abort.</summary>
    public delegate* unmanaged<nint, int, int> Abort { get; }

    /// <summary>Gets MPI_Comm_rank.</summary>
    public delegate* unmanaged<nint, int*, int> Rank { get; }

    /// <summary>Gets MPI_Comm_size.</summary>
    public delegate* unmanaged<nint, int*, int> Size { get; }

    /// <summary>Gets MPI_Send.</summary>
    public delegate* unmanaged<void*, int, nint, int, int, nint, int> Send { get; }

    /// <summary>Gets MPI_Recv.</summary>
    public delegate* unmanaged<void*, int, nint, int, int, nint, nint, int> Receive { get; }

    /// <summary>Gets MPI_Bcast.</summary>
    public delegate* unmanaged<void*, int, nint, int, nint, int> Broadcast { get; }

    /// <summary>Gets MPI_Alltoallv.</summary>
    public delegate* unmanaged<void*, int*, int*, nint, void*, int*, int*, nint, nint, int> AllToAll { get; }

    /// <summary>Gets MPI_Allgatherv.</summary>
    public delegate* unmanaged<nint, int, nint, void*, int*, int*, nint, nint, int> AllGather { get; }

    /// <summary>Loads the library.</summary>
    /// <param name="name">Its name or path; null to look for it.</param>
    /// <param name="launcher">What the launcher says, which decides where to look first.</param>
    /// <exception cref="MedSegException"><c>MpiNotLoaded</c>: there is none, or it is of an unknown kind.</exception>
    public static MpiLibrary Load(string? name, MpiLauncher launcher)
    {
        name ??= Environment.GetEnvironmentVariable(MpiLibraryNames.Variable);
        IReadOnlyList<string> names = string.IsNullOrEmpty(name)
            ? MpiLibraryNames.For(launcher.Family, OperatingSystem.IsWindows(), OperatingSystem.IsMacOS())
            : [name];
        foreach (string each in names)
        {
            if (NativeLibrary.TryLoad(each, out nint library))
            {
                return new MpiLibrary(library, each);
            }
        }

        throw Unusable($"No MPI library can be loaded. Tried: {string.Join(", ", names)}.");
    }

    /// <summary>Tells the family from the text of MPI_Get_library_version.</summary>
    /// <param name="version">The text.</param>
    /// <returns>The family; null if it is not known.</returns>
    public static MpiFamily? FamilyOf(string version)
    {
        string[] mpich = ["MPICH", "Intel(R) MPI", "Microsoft MPI", "MVAPICH"];
        return version.Contains("Open MPI", StringComparison.OrdinalIgnoreCase) ? MpiFamily.OpenMpi
            : Array.Exists(mpich, name => version.Contains(name, StringComparison.OrdinalIgnoreCase)) ? MpiFamily.Mpich
            : null;
    }

    private static MedSegException Unusable(string finding) => new(ErrorKind.NotFound, ErrorIds.MpiNotLoaded, finding)
    {
        Advice = "Install Open MPI, MPICH, Intel MPI or Microsoft MPI, or give the path of its library with -MpiLibrary or in the environment variable "
            + $"{MpiLibraryNames.Variable}.",
    };

    private string ReadVersion()
    {
        var read = (delegate* unmanaged<byte*, int*, int>)Symbol("MPI_Get_library_version");
        byte* text = stackalloc byte[LongestVersion + 1];
        int length;
        return read(text, &length) == 0 ? new string((sbyte*)text, 0, length).Split('\n')[0].Trim('\0', ' ', '\r') : string.Empty;
    }

    private nint Handle(string openMpi, nint mpich) => Family == MpiFamily.OpenMpi ? Symbol(openMpi) : mpich;

    private nint Symbol(string name) => NativeLibrary.TryGetExport(_library, name, out nint address)
        ? address
        : throw Unusable($"{Path}: The library has no {name}, so it is not an MPI library.");
}
