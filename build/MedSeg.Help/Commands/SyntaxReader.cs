using System.Text.RegularExpressions;
using MedSeg.Help.Markdown;

namespace MedSeg.Help.Commands;

/// <summary>Reads the syntax block of a command's page.</summary>
internal static partial class SyntaxReader
{
    // PowerShell adds these two to every command that changes something.
    private static readonly CommandParameter[] s_shouldProcess =
    [
        new() { Name = "WhatIf", Type = "SwitchParameter", Default = "False", Aliases = "wi", Text = ["Shows what would happen if the command runs. The command is not run."] },
        new() { Name = "Confirm", Type = "SwitchParameter", Default = "False", Aliases = "cf", Text = ["Prompts you for confirmation before running the command."] },
    ];

    /// <summary>Reads the ways to call a command.</summary>
    /// <param name="page">The page, for errors.</param>
    /// <param name="name">The command's name.</param>
    /// <param name="syntax">The section, or null.</param>
    /// <param name="parameters">The parameters that are described; -WhatIf and -Confirm are added where the syntax has them.</param>
    /// <returns>The ways; none without a section.</returns>
    /// <exception cref="PageException">The syntax and the described parameters do not match.</exception>
    public static IReadOnlyList<SyntaxCall> Read(MarkdownPage page, string name, Section? syntax, List<CommandParameter> parameters)
    {
        if (syntax is null)
        {
            return [];
        }

        string code = string.Join('\n', syntax.CodeBlocks.Select(block => block.Markdown));
        string[] calls = [.. Regex.Split(code, @"^(?=" + Regex.Escape(name) + @"\b)", RegexOptions.Multiline).Where(call => call.Trim().Length > 0)];
        page.Require(calls.Length > 0, syntax.Line, "The syntax has no code block.");
        page.Require(calls.All(call => call.StartsWith(name, StringComparison.Ordinal)), syntax.Line, $"Each way to call the command must begin with {name}.");
        SyntaxCall[] read = [.. calls.Select(call => Read(call[name.Length..]))];
        var used = read.SelectMany(call => call.Parameters).Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
        parameters.AddRange(s_shouldProcess.Where(common => used.Contains(common.Name) && !parameters.Exists(p => p.Name == common.Name)));
        foreach (string missing in used.Where(u => !parameters.Exists(p => p.Name == u)))
        {
            throw page.Error(syntax.Line, $"-{missing} is in the syntax, but '### -{missing}' is missing from the parameters.");
        }

        if (parameters.Find(p => !used.Contains(p.Name)) is { } unused)
        {
            throw page.Error(unused.Line, $"-{unused.Name} is described, but is not in the syntax.");
        }

        return read;
    }

    private static SyntaxCall Read(string call) => new([.. Parameter().Matches(call).Select(match => (match.Groups["name"].Value, IsRequired(match)))]);

    // -Name <T> and [-Name] <T> must be given; [-Name <T>], [[-Name] <T>] and [-Switch] need not.
    private static bool IsRequired(Match match) => match.Groups["lead"].Value switch
    {
        "" => true,
        "[" => match.Groups["close"].Length > 0 && match.Groups["value"].Success,
        _ => false,
    };

    [GeneratedRegex(@"(?<lead>\[{0,2})-(?<name>\w+)(?<close>\]?)(?<value>\s+<[^>]+>)?")]
    private static partial Regex Parameter();
}
