using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace MedSeg.Shell.StandIns;

/// <summary>Small stand-ins for commands of PowerShell's Utility and Management modules, which the bare engine lacks.</summary>
internal static class StandInCommands
{
    /// <summary>Imports those stand-ins whose names no other command bears.</summary>
    /// <param name="runspace">An open runspace.</param>
    public static void Import(Runspace runspace)
    {
        string[] names = [.. Names()];
        using PowerShell search = PowerShell.Create(runspace);
        HashSet<string> present = search.AddCommand("Get-Command").AddParameter("Name", names)
            .AddParameter("CommandType", CommandTypes.Cmdlet | CommandTypes.Function).AddParameter("ErrorAction", ActionPreference.Ignore)
            .Invoke<CommandInfo>().Select(command => command.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        string[] missing = [.. names.Where(name => !present.Contains(name))];
        if (missing.Length > 0)
        {
            using PowerShell import = PowerShell.Create(runspace);
            import.AddCommand("Import-Module").AddParameter("Name", typeof(StandInCommands).Assembly.Location)
                .AddParameter("Cmdlet", missing).AddParameter("ErrorAction", ActionPreference.Stop).Invoke();
        }
    }

    private static IEnumerable<string> Names() => typeof(StandInCommands).Assembly.GetExportedTypes()
        .Select(type => type.GetCustomAttribute<CmdletAttribute>())
        .OfType<CmdletAttribute>()
        .Select(cmdlet => $"{cmdlet.VerbName}-{cmdlet.NounName}");
}
