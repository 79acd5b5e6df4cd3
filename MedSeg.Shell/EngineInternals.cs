using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace MedSeg.Shell;

/// <summary>
/// The few members of the engine that its own console and Utility module are friends of. The engine's version is pinned, and
/// the tests use all of them.
/// </summary>
internal static class EngineInternals
{
    private const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
    private const string Formatting = "Microsoft.PowerShell.Commands.Internal.Format.";
    private static readonly Assembly s_engine = typeof(PSObject).Assembly;

    /// <summary>Stops the commands before this one, as Select-Object -First does.</summary>
    /// <param name="command">The command that wants no more objects.</param>
    /// <returns>The exception to throw.</returns>
    public static Exception StopUpstream(Cmdlet command)
    {
        Type type = Known("System.Management.Automation.StopUpstreamCommandsException");
        return (Exception)Activator.CreateInstance(type, Hidden, binder: null, [command], culture: null)!;
    }

    /// <summary>Gives a formatting command its implementation.</summary>
    /// <param name="command">A command derived from the engine's formatting base.</param>
    /// <param name="shape">Table or List.</param>
    public static void UseFormatter(PSCmdlet command, string shape)
    {
        object value = Enum.Parse(Known(Formatting + "FormatShape"), shape);
        object formatter = Activator.CreateInstance(Known(Formatting + "InnerFormatShapeCommand"), Hidden, binder: null, [value], culture: null)!;
        FieldInfo field = Known(Formatting + "FrontEndCommandBase").GetField("implementation", Hidden)
            ?? throw new PSNotSupportedException("This version of PowerShell's engine keeps its formatter elsewhere.");
        field.SetValue(command, formatter);
    }

    /// <summary>Lets exit in the script that is run next reach the host; else it would look like a program's exit code.</summary>
    /// <param name="runspace">The runspace.</param>
    public static void PassExitToHost(Runspace runspace)
    {
        object context = Property(typeof(Runspace), "ExecutionContext").GetValue(runspace)!;
        Property(context.GetType(), "ScriptCommandProcessorShouldRethrowExit").SetValue(context, true);
    }

    private static PropertyInfo Property(Type type, string name) =>
        type.GetProperty(name, Hidden) ?? throw new PSNotSupportedException($"This version of PowerShell's engine has no {type}.{name}.");

    private static Type Known(string name) =>
        s_engine.GetType(name) ?? throw new PSNotSupportedException($"This version of PowerShell's engine has no {name}.");
}
