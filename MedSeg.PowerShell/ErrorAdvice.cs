using System.Globalization;
using System.Text.RegularExpressions;
using MedSeg.Errors;

namespace MedSeg.PowerShell;

/// <summary>
/// Parts an error's message into what was found and what to do, as PowerShell shows them: the second is the record's
/// recommended action.
/// </summary>
internal static partial class ErrorAdvice
{
    /// <summary>Parts a message.</summary>
    /// <param name="message">The sentences; those that say what to do are the last ones.</param>
    /// <param name="kind">The sort of error, for advice where the message has none.</param>
    /// <returns>What was found, or null where the message says no more than that; and what to do.</returns>
    public static (string? Finding, string Advice) Part(string message, ErrorKind kind)
    {
        string place = Place().Match(message).Value;
        string text = message[..^place.Length].TrimEnd();
        if (Beginning().Match(text) is not { Success: true } match)
        {
            return (null, Usual(kind));
        }

        string finding = text[..match.Index].TrimEnd(' ', ';').TrimEnd('.');
        string advice = text[match.Groups["advice"].Index..];
        advice = char.ToUpper(advice[0], CultureInfo.InvariantCulture) + advice[1..];
        return ($"{finding}{place}.", advice[^1] is '.' or '?' ? advice : advice + ".");
    }

    private static string Usual(ErrorKind kind) => kind switch
    {
        ErrorKind.NotFound => "Check the path.",
        ErrorKind.InvalidData => "Copy the file again from where it came from, or save it again with the program that made it.",
        ErrorKind.InvalidArgument => "Give other values; Get-Help tells what each parameter takes.",
        ErrorKind.AlreadyExists => "Use -Force to replace what is there, or give another path.",
        ErrorKind.WriteFailed => "Check that you may write there and that the disk is not full.",
        _ => "Look at what Get-MedSegDevice lists, or use -Device Cpu.",
    };

    // A sentence, or what follows a semicolon, that begins with what to do; words of that kind stand nowhere else in this place.
    [GeneratedRegex(@"(?:(?<=[.?!])\s+|;\s+)(?<advice>(?:A data set is|Add|Ask|Build|Change|Check|Choose|Convert|Copy|Did you mean|Export|Free|Give|If [^.]*, use|Import|Install|It needs|Leave out|Load|Look|Make|Move|Name|Only|Or use|Put|Rename|Repair|Save|Segment|Start anew|State|Take|Test-MedSegLabels tells|Train|Update|Use|Wait|Where [^.]*, use|Write|add|check|copy|export|give|import|make|save|state|take|use|write|`Get-Help)\b.*)$", RegexOptions.Singleline)]
    private static partial Regex Beginning();

    // Where reading a file stopped belongs to what was found.
    [GeneratedRegex(@" \(at byte \d+\)$")]
    private static partial Regex Place();
}
