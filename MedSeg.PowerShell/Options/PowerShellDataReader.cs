using System.Management.Automation.Language;
using MedSeg.Errors;

namespace MedSeg.PowerShell.Options;

/// <summary>Reads a table of PowerShell, <c>@{ Epochs = 100 }</c>, as data: what would have to be run is refused.</summary>
internal static class PowerShellDataReader
{
    private const string Expected = "the file must be one table of options such as @{ Epochs = 100 }";

    /// <summary>Reads the options.</summary>
    /// <param name="text">The content.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="FileFormatException">It is no such table, or a value is not plain data.</exception>
    public static List<OptionEntry> Parse(string text, string path)
    {
        // Before the parser, which itself looks for what using statements name; they can stand at a script's beginning only.
        if (!text.AsSpan(CommentLength(text)).StartsWith("@{"))
        {
            throw new FileFormatException("OptionFileInvalid", path, $"{Expected}; but for comments nothing may stand before it.");
        }

        ScriptBlockAst script = Parser.ParseInput(text, path, out _, out ParseError[] errors);
        if (errors is [var first, ..])
        {
            throw new FileFormatException("OptionFileInvalid", path, $"line {first.Extent.StartLineNumber} cannot be read: {first.Message}");
        }

        return Bare(script.EndBlock?.Statements is [var only] ? only : null) is HashtableAst table
            ? [.. table.KeyValuePairs.Select(pair => Entry(pair.Item1, pair.Item2, path))]
            : throw new FileFormatException("OptionFileInvalid", path, $"{Expected} and nothing beside it.");
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
            throw new FileFormatException("OptionFileInvalid", path, $"line {line}: {name} is {statement.Extent.Text}, which would have to be run. Nothing in the file is run: write the value itself.", null, e);
        }
    }

    /// <summary>Gives the expression that is all of a statement.</summary>
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
