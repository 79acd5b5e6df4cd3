using MedSeg.Help.Commands;
using MedSeg.Help.Markdown;

namespace MedSeg.Help.Tests;

/// <summary>A command's page with all that it must have, to be changed by a test.</summary>
internal static class TestPage
{
    /// <summary>The page of Get-Thing; its parameters are -Path and -Size.</summary>
    public const string Thing = """
        # Get-Thing

        Gets a **thing**.

        ## Description

        Reads `things`, as
        [the guide](../guide.md) says.

        ## Syntax

        ```powershell
        Get-Thing [-Path] <String[]> [-Size <Int32>] [-Force] [<CommonParameters>]

        Get-Thing -LiteralPath <String[]> [[-Size] <Int32>] [-WhatIf] [-Confirm] [<CommonParameters>]
        ```

        ## Parameters

        ### -Path

        The files.

        - Type: String[] · Required · Position 0 · Pipeline: by value, by property name · Wildcards: yes · Aliases: FullName

        ### -LiteralPath

        The files, as they are.

        - Type: String[] · Required

        ### -Size

        The size in pixels.

        Even numbers are faster.

        - Type: Int32 · Default: 256 · Values: 16, 256

        ### -Force

        Replaces files.

        - Type: SwitchParameter

        ## Inputs

        None.

        ## Outputs

        ### MedSeg.Thing

        The thing.

        ## Examples

        ### Example 1: One

        ```powershell
        Get-Thing `a`
        ```

        Gets one.

        ### Example 2: Two

        ```powershell
        Get-Thing b
        ```

        Gets another.

        ### Example 3: Three

        ```powershell
        Get-Thing c
        ```

        Gets a third.

        ## Notes

        A note.

        ## Related links

        - [Set-Thing](Set-Thing.md)
        - [The standard](https://example.org/standard)
        """;

    /// <summary>A page of another command, with one parameter.</summary>
    /// <param name="name">The command's name.</param>
    /// <param name="parameter">The parameter's section, without its heading <c>### -Size</c>.</param>
    /// <returns>The page.</returns>
    public static MarkdownPage WithParameter(string name, string parameter)
    {
        string examples = string.Concat(Enumerable.Range(1, 3).Select(i => $"### Example {i}\n\n```powershell\n{name}\n```\n\nRuns.\n\n"));
        return Of(name, $"# {name}\n\nDoes.\n\n## Description\n\nDoes.\n\n## Parameters\n\n### -Size\n\n{parameter}\n\n## Inputs\n\nNone.\n\n## Outputs\n\nNone.\n\n## Examples\n\n{examples}");
    }

    /// <summary>Makes a page of a text.</summary>
    /// <param name="name">The command's name.</param>
    /// <param name="text">The text.</param>
    /// <returns>The page.</returns>
    public static MarkdownPage Of(string name, string text) => new(name + ".md", text.Split('\n'));

    /// <summary>Reads the page <see cref="Thing"/> with one change.</summary>
    /// <param name="old">What is replaced; it must be on the page.</param>
    /// <param name="text">The text in its place.</param>
    /// <returns>The help.</returns>
    public static CommandPage ReadWith(string old, string text)
    {
        Assert.Contains(old, Thing, StringComparison.Ordinal);
        return CommandPageReader.Read(Of("Get-Thing", Thing.Replace(old, text, StringComparison.Ordinal)));
    }
}
