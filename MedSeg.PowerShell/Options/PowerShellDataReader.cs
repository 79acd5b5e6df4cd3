using System.Management.Automation.Language;
using MedSeg.Errors;

namespace MedSeg.PowerShell.Options;

/// <summary>Reads a PowerShell table, <c>@{ Epochs = 100 }</c>, as data: anything that would have to be run is refused.</summary>
internal static class PowerShellDataReader
{
    private const string Expected = "The file must be one table of options such as @{ Epochs = 100 }";

    /// <summary>Reads the options.</summary>
    /// <param name="text">The content.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="FileFormatException">It is not such a table, or a value is not plain data.</exception>
    public static List<OptionEntry> Parse(string text, string path)
    {
        // Before parsing, because the parser loads what using statements name; they are possible at the start of a script only.
        if (!text.AsSpan(CommentLength(text)).StartsWith("@{"))
        {
            throw new FileFormatException(ErrorIds.OptionFileInvalid, path, $"{Expected}; only comments may come before it.");
        }

        ScriptBlockAst script = Parser.ParseInput(text, path, out _, out ParseError[] errors);
        if (errors is [var first, ..])
        {
            throw new FileFormatException(ErrorIds.OptionFileInvalid, path, $"Line {first.Extent.StartLineNumber} cannot be read: {first.Message}");
        }

        return Bare(script.EndBlock?.Statements is [var only] ? only : null) is HashtableAst table
            ? [.. table.KeyValuePairs.Select(pair => Entry(pair.Item1, pair.Item2, path))]
            : throw new FileFormatException(ErrorIds.OptionFileInvalid, path, $"{Expected} and nothing else.");
    }

    private static OptionEntry Entry(ExpressionAst key, StatementAst statement, string path)
    {
        string name = key is StringConstantExpressionAst text ? text.Value : key.Extent.Text;
        int line = key.Extent.StartLineNumber;
        try
        {
            return Bare(statement) is { } value
                ? new OptionEntry(name, value.SafeGetValue(), line)
                : throw new InvalidOperationException("It is a command.");
        }
        catch (InvalidOperationException e)
        {
            throw new FileFormatException(
                ErrorIds.OptionFileInvalid, path, $"Line {line}: {name} is {statement.Extent.Text}, which would have to be run. Nothing in the file is run.", null, e)
            {
                Advice = "Write the value itself.",
            };
        }
    }

    /// <summary>Returns the expression that is the whole statement; null where it is more than that.</summary>
    private static ExpressionAst? Bare(StatementAst? statement) =>
        statement is PipelineAst { PipelineElements: [CommandExpressionAst { Redirections.Count: 0 } element] } ? element.Expression : null;

    private static int CommentLength(string text)
    {
        for (int i = 0; ;)
        {
            int end;
            if (i < text.Length && char.IsWhiteSpace(text[i]))
            {
                i++;
            }
            else if (string.CompareOrdinal(text, i, "#", 0, 1) == 0)
            {
                end = text.IndexOf('\n', i);
                i = end < 0 ? text.Length : end + 1;
            }
            else if (string.CompareOrdinal(text, i, "<#", 0, 2) == 0)
            {
                end = text.IndexOf("#>", i, StringComparison.Ordinal);
                i = end < 0 ? text.Length : end + 2;
            }
            else
            {
                return i;
            }
        }
    }
}
