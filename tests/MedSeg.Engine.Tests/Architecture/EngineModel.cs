using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using MedSeg.Data;

namespace MedSeg.Tests.Architecture;

/// <summary>The engine's types and what they use, read from the compiled assembly, by folder.</summary>
internal static class EngineModel
{
    private const string Root = "MedSeg";

    private static readonly Lazy<IReadOnlyList<FolderUse>> s_uses = new(ReadUses);
    private static readonly Lazy<ArchUnitNET.Domain.Architecture> s_architecture = new(() => new ArchLoader().LoadAssembly(typeof(Dataset).Assembly).Build());

    /// <summary>Gets every use of a type in another folder.</summary>
    public static IReadOnlyList<FolderUse> Uses => s_uses.Value;

    /// <summary>Gets the folders that hold types, such as <c>Dicom.Parsing</c>.</summary>
    public static IEnumerable<string> Folders => s_architecture.Value.Types.Where(IsOwn).Select(FolderOf).Distinct();

    /// <summary>Finds the types in given layers that use an assembly's namespace.</summary>
    /// <param name="layers">The top-level folders.</param>
    /// <param name="root">The namespace's first part, such as <c>TorchSharp</c>.</param>
    /// <returns>Lines of the form <c>Data.Sample uses TorchSharp.torch</c>.</returns>
    public static IEnumerable<string> UsersOf(IReadOnlySet<string> layers, string root) =>
        from type in s_architecture.Value.Types
        where IsOwn(type) && layers.Contains(FolderOf(type).Split('.')[0])
        from use in type.Dependencies
        where use.Target.FullName.StartsWith(root + ".", StringComparison.Ordinal)
        select $"{FolderOf(type)}: {type.Name} uses {use.Target.FullName}";

    private static FolderUse[] ReadUses() =>
    [
        .. (from type in s_architecture.Value.Types
            where IsOwn(type)
            from use in type.Dependencies
            where IsOwn(use.Target) && FolderOf(use.Target) != FolderOf(type)
            select new FolderUse(FolderOf(type), FolderOf(use.Target), $"{type.Name} uses {use.Target.Name}")).Distinct(),
    ];

    // Compiler-generated types outside of any namespace belong to no folder.
    private static bool IsOwn(IType type) => type.Namespace is { } name && (name.FullName == Root || name.FullName.StartsWith(Root + ".", StringComparison.Ordinal));

    private static string FolderOf(IType type) => type.Namespace.FullName == Root ? "" : type.Namespace.FullName[(Root.Length + 1)..];
}
