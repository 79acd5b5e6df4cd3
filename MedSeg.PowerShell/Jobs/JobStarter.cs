using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Shell = System.Management.Automation.PowerShell;

namespace MedSeg.PowerShell.Jobs;

/// <summary>Starts the command that is running once more, as a job.</summary>
internal static class JobStarter
{
    private const string Switch = "AsJob";

    // What belongs to the call in the foreground. It has confirmed already.
    private static readonly string[] s_notPassedOn =
        [Switch, "WhatIf", "Confirm", "OutVariable", "OutBuffer", "PipelineVariable", "ErrorVariable", "WarningVariable", "InformationVariable"];

    private static readonly string[] s_preferences = ["VerbosePreference", "DebugPreference", "InformationPreference", "WarningPreference"];

    /// <summary>Starts the job.</summary>
    /// <param name="command">The command, which has checked its parameters.</param>
    /// <param name="name">The name of the job; null for one that PowerShell makes up.</param>
    /// <param name="input">What came from the pipeline, or must be absolute; it replaces what was given. What is null is left out.</param>
    /// <returns>The job, which Get-Job lists.</returns>
    public static Job Start(PSCmdlet command, string? name, params (string Parameter, object? Value)[] input)
    {
        string commandName = command.MyInvocation.MyCommand.Name;
        var shell = Shell.Create();
        shell.AddCommand(commandName).AddParameter("Confirm", false);
        foreach ((string parameter, object given) in command.MyInvocation.BoundParameters.Where(bound => !s_notPassedOn.Contains(bound.Key) && !Array.Exists(input, i => i.Parameter == bound.Key)))
        {
            shell.AddParameter(parameter, given);
        }

        foreach ((string parameter, object? value) in input.Where(i => i.Value is not null))
        {
            shell.AddParameter(parameter, value);
        }

        var job = new CommandJob(command.MyInvocation.Line.Trim(), name, Open(command, commandName), shell);
        command.JobRepository.Add(job);
        job.Start();
        return job;
    }

    // Without the module: importing it again would take longer than the command that is needed.
    private static Runspace Open(PSCmdlet command, string commandName)
    {
        var state = InitialSessionState.CreateDefault2();
        state.Commands.Add(new SessionStateCmdletEntry(commandName, command.GetType(), helpFileName: null));
        Runspace runspace = RunspaceFactory.CreateRunspace(state);
        runspace.Open();
        runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(command.SessionState.Path.CurrentFileSystemLocation.ProviderPath));
        foreach (string preference in s_preferences)
        {
            runspace.SessionStateProxy.SetVariable(preference, command.SessionState.PSVariable.GetValue(preference));
        }

        return runspace;
    }
}
