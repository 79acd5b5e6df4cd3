using System.Management.Automation;
using MedSeg.Errors;
using MedSeg.Options;
using MedSeg.PowerShell.Cmdlets;

namespace MedSeg.PowerShell.Options;

/// <summary>An options file whose values were given to the parameters of a command.</summary>
/// <param name="Set">The parameters that have their value from the file.</param>
/// <param name="Replaced">The parameters of the file that the command line has, too, and which have its value.</param>
internal sealed record BoundFile(IReadOnlyList<string> Set, IReadOnlyList<string> Replaced)
{
    /// <summary>Gives the values in a file to the parameters that the command line does not have.</summary>
    /// <param name="command">The command.</param>
    /// <param name="path">The absolute path of the file.</param>
    /// <returns>Which parameters were set.</returns>
    /// <exception cref="MedSegException">The file cannot be read, or has an option that is unknown (<c>OptionUnknown</c>) or not allowed.</exception>
    public static BoundFile Read(PSCmdlet command, string path)
    {
        IReadOnlyDictionary<string, OptionParameter> known = OptionParameter.Of(command.GetType());
        List<string> set = [];
        List<string> replaced = [];
        foreach (OptionEntry entry in OptionsFile.Read(path))
        {
            if (!known.TryGetValue(entry.Name, out OptionParameter? option))
            {
                throw Unknown(entry, known, command.MyInvocation.MyCommand, path);
            }

            if (command.MyInvocation.BoundParameters.ContainsKey(option.Name))
            {
                replaced.Add(option.Name);
                continue;
            }

            option.Set(command, entry, path);
            set.Add(option.Name);
        }

        return new BoundFile(set, replaced);
    }

    private static MedSegException Unknown(OptionEntry entry, IReadOnlyDictionary<string, OptionParameter> known, CommandInfo command, string path)
    {
        string line = entry.Line is { } number ? $" line {number}:" : string.Empty;
        (string finding, string advice) = command is CmdletInfo info && info.Parameters.ContainsKey(entry.Name)
            ? ($"{entry.Name} is a parameter of {command.Name} that a file cannot set.", "Remove it from the file.")
            : OptionParameter.Of(typeof(StartMedSegTrainingCommand)).ContainsKey(entry.Name)
            ? ($"{entry.Name} is an option of Start-MedSegTraining, which {command.Name} does not have.", "Remove it from the file.")
            : NearestName.Find(entry.Name, known.Keys) is { } near
            ? ($"'{entry.Name}' is not an option of {command.Name}.", $"Did you mean {near}?")
            : ($"'{entry.Name}' is not an option of {command.Name}.", $"See `Get-Help {command.Name} -Full` for all options.");
        return new MedSegException(ErrorKind.InvalidArgument, ErrorIds.OptionUnknown, $"{path}:{line} {finding}", path) { Advice = advice };
    }
}
