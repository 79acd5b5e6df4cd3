using System.Management.Automation.Runspaces;

namespace MedSeg.PowerShell.Tests;

/// <summary>PowerShell's engine within the test process.</summary>
internal static class HostedRunspace
{
    /// <summary>Opens a runspace with PowerShell's core commands.</summary>
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
