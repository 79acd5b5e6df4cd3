using MedSeg.Distributed;
using MedSeg.Errors;

namespace MedSeg.Tests.Distributed;

/// <summary>How the MPI library is found and told from others. tests/MedSeg.PowerShell.Tests runs real ones.</summary>
public sealed class MpiTests
{
    [Theory]
    [InlineData("Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4", MpiFamily.OpenMpi)]
    [InlineData("MPICH Version:\t4.0.2", MpiFamily.Mpich)]
    [InlineData("Intel(R) MPI Library 2021.11 for Linux* OS", MpiFamily.Mpich)]
    [InlineData("Microsoft MPI 10.1.12498.18", MpiFamily.Mpich)]
    [InlineData("MVAPICH2 Version      :\t2.3.7", MpiFamily.Mpich)]
    [InlineData("Something else 1.0", null)]
    internal void Family_is_told_from_the_version(string version, MpiFamily? family) => Assert.Equal(family, MpiLibrary.FamilyOf(version));

    [Theory]
    [InlineData("OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_LOCAL_RANK=1 PMIX_RANK=3", MpiFamily.OpenMpi, 4, 1)]
    [InlineData("PMI_RANK=1 PMI_SIZE=2 MPI_LOCALRANKID=1", MpiFamily.Mpich, 2, 1)]
    [InlineData("PMIX_RANK=0 SLURM_STEP_NUM_TASKS=8 SLURM_LOCALID=3", MpiFamily.OpenMpi, 8, 3)]
    [InlineData("PMI_RANK=0 PMI_SIZE=8 SLURM_STEP_NUM_TASKS=8 SLURM_LOCALID=3", MpiFamily.Mpich, 8, 3)]
    [InlineData("PATH=x", null, null, null)]
    internal void Launcher_is_told_from_the_environment(string environment, MpiFamily? family, int? size, int? localRank)
    {
        var variables = environment.Split(' ').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);

        Assert.Equal(new MpiLauncher(family, size, localRank), MpiLauncher.Read(variables.GetValueOrDefault));
    }

    [Theory]
    [InlineData(MpiFamily.OpenMpi, false, false, "libmpi.so.40")]
    [InlineData(MpiFamily.Mpich, false, false, "libmpi.so.12")]
    [InlineData(null, false, false, "libmpi.so.40")]
    [InlineData(MpiFamily.Mpich, true, false, "msmpi.dll")]
    [InlineData(null, false, true, "libmpi.40.dylib")]
    internal void Library_of_the_launcher_is_tried_first(MpiFamily? family, bool isWindows, bool isMacOS, string first) =>
        Assert.Equal(first, MpiLibraryNames.For(family, isWindows, isMacOS)[0]);

    [Fact]
    public void Library_that_is_not_there_is_named()
    {
        MedSegException error = Assert.Throws<MedSegException>(() => MpiLibrary.Load("libnothing.so", new MpiLauncher(null, null, null)));

        Assert.Equal((ErrorIds.MpiNotLoaded, "No MPI library can be loaded. Tried: libnothing.so."), (error.ErrorId, error.Finding));
        Assert.Contains("-MpiLibrary", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Library_that_is_not_MPI_is_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The test needs a library of Linux.");

        MedSegException error = Assert.Throws<MedSegException>(() => MpiLibrary.Load("libc.so.6", new MpiLauncher(null, null, null)));

        Assert.Equal((ErrorIds.MpiNotLoaded, "libc.so.6: The library has no MPI_Get_library_version, so it is not an MPI library."), (error.ErrorId, error.Finding));
    }

    [Fact]
    public void Library_of_another_launcher_is_refused()
    {
        MpiTransport.RequireLaunched(null, 1, "x");
        MpiTransport.RequireLaunched(2, 2, "x");

        MedSegException error = Assert.Throws<MedSegException>(() => MpiTransport.RequireLaunched(4, 1, "Open MPI"));

        Assert.Equal((ErrorIds.MpiLauncherMismatch, "The launcher started 4 processes, but Open MPI sees 1: the launcher belongs to another MPI."), (error.ErrorId, error.Finding));
    }
}
