namespace MedSeg.Distributed;

/// <summary>The MPI libraries whose handles are the same numbers.</summary>
internal enum MpiFamily
{
    /// <summary>MPICH, Intel MPI, MVAPICH, Cray MPICH and Microsoft MPI: handles are ints with fixed values.</summary>
    Mpich,

    /// <summary>Open MPI: handles are addresses of objects that the library exports.</summary>
    OpenMpi,
}
