using System.Management.Automation.Runspaces;

namespace MedSeg.PowerShell.Tests;

/// <summary>The engine of the real pwsh within the test process; see <see cref="PowerShellAssemblies"/>.</summary>
internal static class HostedRunspace
{
    /// <summary>Opens a runspace that loads the modules of pwsh when their commands are used.</summary>
    public static Runspace Open()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
        {
            state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.Bypass;
        }

        Runspace runspace = RunspaceFactory.CreateRunspace(state);
        runspace.Open();
        return runspace;
    }
}
