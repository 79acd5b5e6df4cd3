using System.Xml.Linq;
using MedSeg.Help.Commands;

namespace MedSeg.Help.Tests;

/// <summary>The file that Get-Help reads.</summary>
public sealed class MamlWriterTests
{
    private static readonly XNamespace s_maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace s_command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace s_dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    private readonly string _text = MamlWriter.Write([CommandPageReader.Read(TestPage.Of("Get-Thing", TestPage.Thing))]);

    private XElement Command => Assert.Single(XDocument.Parse(_text).Root!.Elements(s_command + "command"));

    [Fact]
    public void File_is_declared_and_ends_its_lines_as_Unix_does()
    {
        Assert.StartsWith("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<helpItems schema=\"maml\" xmlns=\"http://msh\">\n", _text, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', _text);
        Assert.EndsWith("</helpItems>\n", _text, StringComparison.Ordinal);
    }

    [Fact]
    public void Details_name_verb_and_noun()
    {
        XElement details = Command.Element(s_command + "details")!;

        Assert.Equal(["Get-Thing", "Get", "Thing", "Gets a thing."], details.Elements().Select(element => element.Value));
    }

    [Fact]
    public void Each_call_has_its_parameters()
    {
        XElement[] calls = [.. Command.Element(s_command + "syntax")!.Elements(s_command + "syntaxItem")];

        Assert.Equal(2, calls.Length);
        Assert.Equal(["Path", "Size", "Force"], calls[0].Elements(s_command + "parameter").Select(NameOf));
        Assert.Equal(["true", "false", "false"], calls[0].Elements(s_command + "parameter").Select(parameter => parameter.Attribute("required")!.Value));

        // A switch has no value that the syntax could show.
        Assert.Null(calls[0].Elements(s_command + "parameter").Last().Element(s_command + "parameterValue"));
    }

    [Fact]
    public void Parameter_has_attributes_text_type_and_default()
    {
        XElement size = Command.Element(s_command + "parameters")!.Elements().Single(parameter => NameOf(parameter) == "Size");

        Assert.Equal(["false", "false", "false", "False", "named", "none"], size.Attributes().Select(attribute => attribute.Value));
        Assert.Equal(["The size in pixels.", "Even numbers are faster.", "Values: 16, 256"], size.Element(s_maml + "Description")!.Elements().Select(p => p.Value));
        Assert.Equal("Int32", size.Element(s_dev + "type")!.Value);
        Assert.Equal("256", size.Element(s_dev + "defaultValue")!.Value);
    }

    [Fact]
    public void Without_syntax_there_is_one_call_with_all_parameters()
    {
        CommandPage page = CommandPageReader.Read(TestPage.WithParameter("Set-Thing", "The size.\n\n- Type: Int32"));

        XElement call = Assert.Single(XDocument.Parse(MamlWriter.Write([page])).Descendants(s_command + "syntaxItem"));

        Assert.Equal("Size", NameOf(Assert.Single(call.Elements(s_command + "parameter"))));
    }

    [Fact]
    public void An_example_ends_with_an_empty_line()
    {
        XElement example = Command.Descendants(s_command + "example").First();

        Assert.Equal("---------- Example 1: One ----------", example.Element(s_maml + "title")!.Value);
        Assert.Equal("Get-Thing `a`", example.Element(s_dev + "code")!.Value);
        Assert.Equal(["Gets one.", ""], example.Element(s_dev + "remarks")!.Elements().Select(p => p.Value));
    }

    [Fact]
    public void Notes_and_links_follow()
    {
        Assert.Equal("A note.", Command.Element(s_maml + "alertSet")!.Value);
        Assert.Equal(["Set-Thing", "The standardhttps://example.org/standard"], Command.Element(s_command + "relatedLinks")!.Elements().Select(link => link.Value));
    }

    [Fact]
    public void The_page_on_the_web_is_the_first_link_if_there_is_an_address()
    {
        string text = MamlWriter.Write([CommandPageReader.Read(TestPage.Of("Get-Thing", TestPage.Thing))], "https://example.org/commands/");

        XElement[] links = [.. XDocument.Parse(text).Descendants(s_command + "relatedLinks").Single().Elements()];
        Assert.Equal("https://example.org/commands/Get-Thing.md", links[0].Element(s_maml + "uri")!.Value);
        Assert.Equal(3, links.Length);
    }

    private static string NameOf(XElement parameter) => parameter.Element(s_maml + "name")!.Value;
}
