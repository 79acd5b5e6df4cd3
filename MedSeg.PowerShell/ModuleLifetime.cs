using System.Management.Automation;
using System.Runtime.Loader;

namespace MedSeg.PowerShell;

/// <summary>Connects the engine's load context while the module is imported.</summary>
public sealed class ModuleLifetime : IModuleAssemblyCleanup
{
    /// <summary>
    /// Called by the module before its cmdlets are looked at: a cmdlet with a parameter of one of the engine's enumerations
    /// cannot be inspected otherwise, and PowerShell's own initialisation comes after the inspection.
    /// </summary>
    public static void Connect()
    {
        AssemblyLoadContext.Default.Resolving -= EngineLoadContext.ResolveEngine;
        AssemblyLoadContext.Default.Resolving += EngineLoadContext.ResolveEngine;
        TypeLiterals.Add();
    }

    /// <summary>Runs when the module is removed.</summary>
    /// <param name="psModuleInfo">The module.</param>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        TypeLiterals.Remove();
        AssemblyLoadContext.Default.Resolving -= EngineLoadContext.ResolveEngine;
    }
}
