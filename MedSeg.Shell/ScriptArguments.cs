using System.Management.Automation;

namespace MedSeg.Shell;

/// <summary>Gives command-line arguments to a script, as pwsh -File does.</summary>
internal static class ScriptArguments
{
    /// <summary>Adds arguments; -Name value, -Name:value and switches bind by name.</summary>
    /// <param name="shell">The pipeline whose last command is the script.</param>
    /// <param name="arguments">The arguments.</param>
    public static void Add(PowerShell shell, ReadOnlySpan<string> arguments)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            string argument = arguments[i];
            if (!IsName(argument))
            {
                shell.AddArgument(argument);
                continue;
            }

            int colon = argument.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                shell.AddParameter(argument[1..colon], argument[(colon + 1)..]);
            }
            else if (i + 1 < arguments.Length && !IsName(arguments[i + 1]))
            {
                shell.AddParameter(argument[1..], arguments[++i]);
            }
            else
            {
                shell.AddParameter(argument[1..]);
            }
        }
    }

    private static bool IsName(string argument) => argument.Length > 1 && argument[0] == '-' && char.IsLetter(argument[1]);
}
