using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace MedSeg.PowerShell.Completion;

/// <summary>The base of the completers: it filters by what was typed, and quotes where needed.</summary>
public abstract class CompletionSource : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string typed = (wordToComplete ?? string.Empty).Trim('\'', '"');
        return Offer(typed, fakeBoundParameters ?? new Hashtable());
    }

    /// <summary>Lists the possible values.</summary>
    /// <param name="typed">The text typed so far, without quotes.</param>
    /// <param name="bound">The parameters given so far.</param>
    private protected abstract IEnumerable<CompletionResult> Offer(string typed, IDictionary bound);

    /// <summary>Filters values by what was typed.</summary>
    private protected static IEnumerable<CompletionResult> Matching(string typed, IEnumerable<(string Text, string Description)> offers) => offers
        .Where(offer => offer.Text.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
        .Select(offer => new CompletionResult(Quote(offer.Text), offer.Text, CompletionResultType.ParameterValue, offer.Description));

    /// <summary>Returns PowerShell's location in the file system.</summary>
    private protected static string Location() =>
        ScriptBlock.Create("$ExecutionContext.SessionState.Path.CurrentFileSystemLocation.ProviderPath").InvokeReturnAsIs() is PSObject { BaseObject: string path }
            ? path
            : Directory.GetCurrentDirectory();

    /// <summary>Makes the path of another parameter absolute.</summary>
    private protected static string? PathOf(object? value) =>
        (value is IEnumerable and not string ? ((IEnumerable)value).Cast<object>().FirstOrDefault() : value) is { } one
            && Convert.ToString(one, CultureInfo.InvariantCulture) is { Length: > 0 } text
            ? Path.GetFullPath(text, Location())
            : null;

    /// <summary>Quotes a text that would not parse as one argument.</summary>
    private protected static string Quote(string text) =>
        text.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or '\\' or ':' or '~') ? text : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
