using System.Reflection;
using MedSeg.Help.Commands;

namespace MedSeg.Help.Tests;

/// <summary>The documentation of this repository.</summary>
internal static class Documentation
{
    /// <summary>Gets the folder of the repository.</summary>
    public static string Root { get; } = typeof(Documentation).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>Gets the help of all commands.</summary>
    public static IReadOnlyList<CommandPage> Commands { get; } = CommandPages.Read(Path.Combine(Root, "docs", "commands"));
}
