using System.Management.Automation;
using System.Runtime.Loader;

namespace MedSeg.PowerShell;

/// <summary>Connects the engine's load context while the module is imported.</summary>
public sealed class ModuleLifetime : IModuleAssemblyCleanup
{
    /// <summary>
    /// Called by MedSeg.psm1 before the cmdlets are loaded: PowerShell inspects their parameters, whose types are in the engine, before it
    /// calls an IModuleAssemblyInitializer.
    /// </summary>
    public static void Connect()
    {
        AssemblyLoadContext.Default.Resolving -= EngineLoadContext.ResolveEngine;
        AssemblyLoadContext.Default.Resolving += EngineLoadContext.ResolveEngine;
        TypeLiterals.Add();
    }

    /// <summary>Disconnects when the module is removed.</summary>
    /// <param name="psModuleInfo">The module.</param>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        TypeLiterals.Remove();
        AssemblyLoadContext.Default.Resolving -= EngineLoadContext.ResolveEngine;
    }
}
