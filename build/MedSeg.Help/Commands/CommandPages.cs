using MedSeg.Help.Markdown;

namespace MedSeg.Help.Commands;

/// <summary>The pages of all commands, with the references between their parameters resolved.</summary>
internal static class CommandPages
{
    /// <summary>Reads the pages of a folder.</summary>
    /// <param name="folder">The folder; its files <c>Verb-Noun.md</c> are pages.</param>
    /// <returns>The help of each command, by name.</returns>
    /// <exception cref="PageException">A page is wrong.</exception>
    public static IReadOnlyList<CommandPage> Read(string folder) =>
        Read(Directory.GetFiles(folder, "*-*.md").Order(StringComparer.Ordinal).Select(MarkdownPage.Read));

    /// <summary>Reads pages.</summary>
    /// <param name="pages">The pages.</param>
    /// <returns>The help of each command, in the order of the pages.</returns>
    /// <exception cref="PageException">A page is wrong, or a reference leads nowhere or back to itself.</exception>
    public static IReadOnlyList<CommandPage> Read(IEnumerable<MarkdownPage> pages)
    {
        CommandPage[] read = [.. pages.Select(CommandPageReader.Read)];
        Dictionary<string, CommandPage> byName = read.ToDictionary(page => page.Name, StringComparer.Ordinal);
        return [.. read.Select(page => page with { Parameters = [.. page.Parameters.Select(parameter => Resolve(parameter, byName, []))] })];
    }

    private static CommandParameter Resolve(CommandParameter parameter, Dictionary<string, CommandPage> pages, HashSet<ParameterReference> followed)
    {
        if (parameter.Reference is not { } reference)
        {
            return parameter;
        }

        if (!followed.Add(reference))
        {
            throw reference.Error($"The references go in a circle: -{parameter.Name} comes back to itself.");
        }

        if (!pages.TryGetValue(reference.Command, out CommandPage? page))
        {
            throw reference.Error($"There is no page {reference.Command}.md beside this one.");
        }

        CommandParameter other = page.Parameters.FirstOrDefault(reference.Means) ?? throw reference.Error($"{reference.Command}.md has no parameter '### {reference.Anchor}' (upper and lower case do not matter).");
        return parameter.WithTextOf(Resolve(other, pages, followed));
    }
}
