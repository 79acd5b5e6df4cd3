using System.Management.Automation;
using System.Runtime.Loader;

namespace MedSeg.PowerShell;

/// <summary>Connects the engine's load context while the module is imported.</summary>
public sealed class ModuleLifetime : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    /// <summary>Runs when the module is imported. Loads nothing: the first use of the engine does.</summary>
    public void OnImport() => AssemblyLoadContext.Default.Resolving += EngineLoadContext.ResolveEngine;

    /// <summary>Runs when the module is removed.</summary>
    /// <param name="psModuleInfo">The module.</param>
    public void OnRemove(PSModuleInfo psModuleInfo) => AssemblyLoadContext.Default.Resolving -= EngineLoadContext.ResolveEngine;
}
