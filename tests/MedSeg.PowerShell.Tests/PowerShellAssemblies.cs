using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace MedSeg.PowerShell.Tests;

/// <summary>
/// Loads PowerShell from the folder of the real pwsh: a runspace in the test process then has the same version, modules and
/// commands as a pwsh process.
/// </summary>
internal static class PowerShellAssemblies
{
    private static readonly AssemblyDependencyResolver s_resolver = new(Path.Combine(ModuleSession.Setting("PowerShellFolder"), "pwsh.dll"));

    /// <summary>Connects the folder, before any of PowerShell's types is used.</summary>
    [ModuleInitializer]
    internal static void Connect()
    {
        AssemblyLoadContext.Default.Resolving += (context, name) => s_resolver.ResolveAssemblyToPath(name) is { } path ? context.LoadFromAssemblyPath(path) : null;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => s_resolver.ResolveUnmanagedDllToPath(name) is { } path ? NativeLibrary.Load(path) : 0;
    }
}
