using System.Reflection;

namespace MedSeg.Tests;

/// <summary>Where the tests find the repository that they were built from.</summary>
internal static class TestPaths
{
    /// <summary>Gets the absolute path of the repository's root.</summary>
    public static string RepositoryRoot { get; } = typeof(TestPaths).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;
}
