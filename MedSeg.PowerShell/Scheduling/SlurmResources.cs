namespace MedSeg.PowerShell.Scheduling;

/// <summary>What each task of a Slurm array asks for; what is null is left to the cluster.</summary>
internal sealed record SlurmResources
{
    /// <summary>Gets the partition.</summary>
    public string? Partition { get; init; }

    /// <summary>Gets the account.</summary>
    public string? Account { get; init; }

    /// <summary>Gets the time limit, as Slurm writes it.</summary>
    public string? Time { get; init; }

    /// <summary>Gets the memory, as Slurm writes it.</summary>
    public string? Memory { get; init; }

    /// <summary>Gets the number of GPUs; 0 for none.</summary>
    public int Gpus { get; init; }

    /// <summary>Gets the number of CPU cores; 0 to leave it to the cluster.</summary>
    public int Cpus { get; init; }

    /// <summary>Gets further options of sbatch.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    /// <summary>Gets the options of sbatch.</summary>
    public IEnumerable<string> Options =>
    [
        .. Partition is null ? (string[])[] : [$"--partition={Partition}"],
        .. Account is null ? (string[])[] : [$"--account={Account}"],
        .. Time is null ? (string[])[] : [$"--time={Time}"],
        .. Memory is null ? (string[])[] : [$"--mem={Memory}"],
        .. Gpus == 0 ? (string[])[] : [$"--gres=gpu:{Gpus}"],
        .. Cpus == 0 ? (string[])[] : [$"--cpus-per-task={Cpus}"],
        .. Others,
    ];
}
