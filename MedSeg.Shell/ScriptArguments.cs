using System.Management.Automation.Runspaces;

namespace MedSeg.Shell;

/// <summary>Gives command-line arguments to a script, as pwsh -File does: values stay text.</summary>
internal static class ScriptArguments
{
    /// <summary>Adds arguments; -Name value, -Name:value and switches bind by name.</summary>
    /// <param name="script">The script.</param>
    /// <param name="arguments">The arguments.</param>
    public static void Add(Command script, IEnumerable<string> arguments)
    {
        foreach (string argument in arguments)
        {
            if (!IsName(argument))
            {
                script.Parameters.Add(name: null, argument);
                continue;
            }

            // A name that keeps its dash is bound as in a script's text: a switch leaves the next argument alone.
            int colon = argument.IndexOf(':', StringComparison.Ordinal);
            script.Parameters.Add(colon < 0
                ? new CommandParameter(argument)
                : new CommandParameter(argument[..(colon + 1)], ToValue(argument[(colon + 1)..])));
        }
    }

    // A negative number is a value.
    private static bool IsName(string argument) => argument is ['-', char first, ..] && (char.IsLetter(first) || first is '_' or '?');

    private static object ToValue(string text) => text.ToUpperInvariant() switch
    {
        "$TRUE" => true,
        "$FALSE" => false,
        _ => text,
    };
}
