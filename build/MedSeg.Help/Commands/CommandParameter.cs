using System.Text.RegularExpressions;
using MedSeg.Help.Markdown;

namespace MedSeg.Help.Commands;

/// <summary>A parameter of a command, as its section describes it.</summary>
internal sealed partial record CommandParameter
{
    /// <summary>Gets the name, without the dash.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the line of the parameter's heading, from 1.</summary>
    public int Line { get; init; }

    /// <summary>Gets what the parameter does; each paragraph in plain text.</summary>
    public IReadOnlyList<string> Text { get; init; } = [];

    /// <summary>Gets the name of the type, such as <c>String[]</c>; empty until a reference is resolved.</summary>
    public string Type { get; init; } = string.Empty;

    /// <summary>Gets a value indicating whether the parameter must be given.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Gets a value indicating whether wildcards are resolved.</summary>
    public bool AcceptsWildcards { get; init; }

    /// <summary>Gets the position, from 0, or <c>named</c>.</summary>
    public string Position { get; init; } = "named";

    /// <summary>Gets how pipeline input is bound, in the words of Get-Help.</summary>
    public string Pipeline { get; init; } = "False";

    /// <summary>Gets the default, or <c>None</c>.</summary>
    public string Default { get; init; } = "None";

    /// <summary>Gets the aliases, or <c>none</c>.</summary>
    public string Aliases { get; init; } = "none";

    /// <summary>Gets the values that are allowed, with commas between them; null where the type says enough.</summary>
    public string? Values { get; init; }

    /// <summary>Gets the reference to the parameter that this one is the same as, or null.</summary>
    public ParameterReference? Reference { get; init; }

    /// <summary>Gets the text that Get-Help shows, which has no place of its own for the values.</summary>
    public IEnumerable<string> ShownText => Values is null ? Text : Text.Append($"Values: {Values}");

    /// <summary>Gets a value indicating whether the parameter is a switch.</summary>
    public bool IsSwitch => Type == "SwitchParameter";

    /// <summary>Reads the section of a parameter.</summary>
    /// <param name="page">The page, for errors.</param>
    /// <param name="section">The section.</param>
    /// <returns>The parameter; where it has a reference, that is not resolved yet.</returns>
    /// <exception cref="PageException">The type or the text is missing, or an attribute is unknown.</exception>
    public static CommandParameter Read(MarkdownPage page, Section section)
    {
        page.Require(section.Title.StartsWith('-'), section.Line, $"The heading of a parameter begins with a dash: '### -{section.Title}'.");
        var parameter = new CommandParameter { Name = section.Title[1..], Line = section.Line };
        foreach (Paragraph paragraph in section.Paragraphs)
        {
            if (AttributeLine().Match(paragraph.Text) is { Success: true } attributes)
            {
                string[] each = attributes.Groups["all"].Value.Split('·', StringSplitOptions.TrimEntries);
                parameter = each.Aggregate(parameter, (known, attribute) => known.WithAttribute(page, paragraph.Line, attribute));
            }
            else if (ParameterReference.Find(page, paragraph) is { } reference)
            {
                page.Require(parameter.Reference is null && parameter.Text.Count == 0, paragraph.Line, "The reference must be the first paragraph of the parameter, and the only reference.");
                parameter = parameter with { Reference = reference };
            }
            else
            {
                parameter = parameter with { Text = [.. parameter.Text, paragraph.Text] };
            }
        }

        bool isComplete = parameter.Reference is not null || parameter.Type.Length > 0;
        page.Require(isComplete, section.Line, $"-{parameter.Name} has no line of attributes ('- Type: String · Required · …').");
        page.Require(parameter.Reference is not null || parameter.Text.Count > 0, section.Line, $"-{parameter.Name} has no text.");
        return parameter;
    }

    /// <summary>Resolves the reference: the text of the other parameter, then that of this one.</summary>
    /// <param name="other">The parameter that the reference names, itself resolved.</param>
    /// <returns>This parameter without a reference. Attributes are those of this one where it states any, else those of the other.</returns>
    public CommandParameter WithTextOf(CommandParameter other)
    {
        CommandParameter attributes = Type.Length > 0 ? this : other;
        return attributes with { Name = Name, Line = Line, Text = [.. other.Text, .. Text], Reference = null };
    }

    private CommandParameter WithAttribute(MarkdownPage page, int line, string attribute)
    {
        Match match = Attribute().Match(attribute);
        string value = match.Groups["value"].Value.Trim();
        return match.Groups["name"].Value switch
        {
            "Type" => this with { Type = value },
            "Required" => this with { IsRequired = true },
            "Position" => this with { Position = value },
            "Pipeline" => this with { Pipeline = $"True ({value.Replace("by value", "ByValue", StringComparison.Ordinal).Replace("by property name", "ByPropertyName", StringComparison.Ordinal)})" },
            "Default" => this with { Default = value },
            "Wildcards" => this with { AcceptsWildcards = value == "yes" },
            "Aliases" => this with { Aliases = value },
            "Values" => this with { Values = value },
            _ => throw page.Error(line, $"'{attribute}' is not an attribute of a parameter. Attributes are Type, Required, Position, Pipeline, Default, Values, Wildcards and Aliases."),
        };
    }

    [GeneratedRegex(@"^(- )?(?<all>Type: .+)$", RegexOptions.Singleline)]
    private static partial Regex AttributeLine();

    [GeneratedRegex(@"^(?<name>Type|Required|Position|Pipeline|Default|Wildcards|Aliases|Values):? ?(?<value>.*)$", RegexOptions.Singleline)]
    private static partial Regex Attribute();
}
