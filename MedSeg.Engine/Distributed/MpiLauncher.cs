using System.Globalization;

namespace MedSeg.Distributed;

/// <summary>What the launcher of a process, such as mpirun or srun, says about it in its environment.</summary>
/// <param name="Family">The family of the launcher's MPI; null where the environment does not say.</param>
/// <param name="Size">The number of processes that were started; null where the environment does not say.</param>
/// <param name="LocalRank">The number of the process among those on its machine, from 0; null where the environment does not say.</param>
internal sealed record MpiLauncher(MpiFamily? Family, int? Size, int? LocalRank)
{
    // Open MPI; MPICH, Intel MPI and Microsoft MPI, and srun --mpi=pmi2; srun.
    private static readonly string[] s_sizes = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"];

    // Open MPI; MPICH and Intel MPI; MVAPICH; srun.
    private static readonly string[] s_localRanks = ["OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "MV2_COMM_WORLD_LOCAL_RANK", "SLURM_LOCALID"];

    /// <summary>Reads the environment of this process.</summary>
    public static MpiLauncher Current => Read(Environment.GetEnvironmentVariable);

    /// <summary>Reads an environment.</summary>
    /// <param name="variable">Returns the value of a variable, or null.</param>
    public static MpiLauncher Read(Func<string, string?> variable)
    {
        MpiFamily? family = variable("OMPI_COMM_WORLD_SIZE") is not null ? MpiFamily.OpenMpi
            : variable("PMI_RANK") is not null || variable("PMI_FD") is not null ? MpiFamily.Mpich
            : variable("PMIX_RANK") is not null ? MpiFamily.OpenMpi
            : null;
        return new MpiLauncher(family, Number(s_sizes, variable), Number(s_localRanks, variable));
    }

    private static int? Number(string[] names, Func<string, string?> variable)
    {
        foreach (string name in names)
        {
            if (int.TryParse(variable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                return number;
            }
        }

        return null;
    }
}
