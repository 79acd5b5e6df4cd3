namespace MedSeg.Distributed;

/// <summary>How the processes of a run that several of them train find each other.</summary>
public enum DistributedMode
{
    /// <summary>One process trains.</summary>
    None,

    /// <summary>The processes that an MPI launcher such as mpirun or srun started train together.</summary>
    Mpi,
}
