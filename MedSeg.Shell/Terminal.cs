using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Internal;

namespace MedSeg.Shell;

/// <summary>What the console can show.</summary>
internal static class Terminal
{
    private static readonly int[] s_codes = [30, 34, 32, 36, 31, 35, 33, 37, 90, 94, 92, 96, 91, 95, 93, 97];

    /// <summary>Gets a value indicating whether somebody can be asked.</summary>
    public static bool IsInteractive => !Console.IsInputRedirected && !Console.IsOutputRedirected;

    /// <summary>Gets a value indicating whether the output understands control sequences.</summary>
    public static bool OutputMoves => !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>Gets a value indicating whether output is coloured.</summary>
    public static bool OutputHasColor => OutputMoves && WantsColor;

    /// <summary>Gets a value indicating whether errors are coloured.</summary>
    public static bool ErrorHasColor => !Console.IsErrorRedirected && WantsColor && Environment.GetEnvironmentVariable("TERM") != "dumb";

    private static bool WantsColor => string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>Colours a text.</summary>
    public static string Color(string text, ConsoleColor color) =>
        string.Create(CultureInfo.InvariantCulture, $"\u001b[{s_codes[(int)color]}m{text}\u001b[0m");

    /// <summary>Colours what is behind a text.</summary>
    public static string ColorBehind(string text, ConsoleColor color) =>
        string.Create(CultureInfo.InvariantCulture, $"\u001b[{s_codes[(int)color] + 10}m{text}\u001b[0m");

    /// <summary>Takes colours out of a text.</summary>
    public static string Plain(string text) => new StringDecorated(text).ToString(OutputRendering.PlainText);
}
