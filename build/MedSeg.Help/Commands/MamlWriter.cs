using System.Text;
using System.Xml;

namespace MedSeg.Help.Commands;

/// <summary>Writes the help of commands as MAML, the format that Get-Help reads.</summary>
internal sealed class MamlWriter
{
    private const string Maml = "http://schemas.microsoft.com/maml/2004/10";
    private const string Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private const string Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    private readonly XmlWriter _xml;
    private readonly string? _address;

    private MamlWriter(XmlWriter xml, string? address) => (_xml, _address) = (xml, address);

    /// <summary>Writes a help file.</summary>
    /// <param name="pages">The commands.</param>
    /// <param name="address">The address of the folder that has the pages of the commands, which Get-Help -Online opens; null if there is none.</param>
    /// <returns>The text of the file, with line feeds alone.</returns>
    public static string Write(IEnumerable<CommandPage> pages, string? address = null)
    {
        var text = new StringBuilder();
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, NewLineChars = "\n", OmitXmlDeclaration = true }))
        {
            xml.WriteStartElement("helpItems", "http://msh");
            xml.WriteAttributeString("schema", "maml");
            var writer = new MamlWriter(xml, address?.TrimEnd('/'));
            foreach (CommandPage page in pages)
            {
                writer.Write(page);
            }

            xml.WriteEndElement();
        }

        return $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{text}\n";
    }

    private void Write(CommandPage page)
    {
        Start(Command, "command:command");
        Details(page);
        Paragraphs("description", page.Description);
        Syntax(page);
        Start(Command, "command:parameters");
        foreach (CommandParameter parameter in page.Parameters)
        {
            Parameter(parameter, inSyntax: false);
        }

        End();
        Types(page.Inputs, "inputType");
        Types(page.Outputs, "returnValue");
        Notes(page.Notes);
        Examples(page.Examples);
        Links(page);
        End();
    }

    private void Details(CommandPage page)
    {
        string[] parts = page.Name.Split('-');
        Start(Command, "command:details");
        Text(Command, "command:name", page.Name);
        Text(Command, "command:verb", parts[0]);
        Text(Command, "command:noun", parts[1]);
        Paragraphs("description", [page.Synopsis]);
        End();
    }

    private void Syntax(CommandPage page)
    {
        Start(Command, "command:syntax");
        IEnumerable<IEnumerable<CommandParameter>> calls = page.Syntax.Count == 0
            ? [page.Parameters]
            : page.Syntax.Select(call => call.Parameters.Select(used => page.Parameters.First(p => p.Name == used.Name) with { IsRequired = used.IsRequired }));
        foreach (IEnumerable<CommandParameter> call in calls)
        {
            Start(Command, "command:syntaxItem");
            Text(Maml, "maml:name", page.Name);
            foreach (CommandParameter parameter in call)
            {
                Parameter(parameter, inSyntax: true);
            }

            End();
        }

        End();
    }

    private void Parameter(CommandParameter parameter, bool inSyntax)
    {
        Start(Command, "command:parameter");
        _xml.WriteAttributeString("required", parameter.IsRequired ? "true" : "false");
        _xml.WriteAttributeString("variableLength", parameter.Type.EndsWith("[]", StringComparison.Ordinal) ? "true" : "false");
        _xml.WriteAttributeString("globbing", parameter.AcceptsWildcards ? "true" : "false");
        _xml.WriteAttributeString("pipelineInput", parameter.Pipeline);
        _xml.WriteAttributeString("position", parameter.Position);
        _xml.WriteAttributeString("aliases", parameter.Aliases);
        Text(Maml, "maml:name", parameter.Name);
        Paragraphs("Description", parameter.ShownText);
        if (!(inSyntax && parameter.IsSwitch))
        {
            Start(Command, "command:parameterValue");
            _xml.WriteAttributeString("required", parameter.IsSwitch ? "false" : "true");
            _xml.WriteAttributeString("variableLength", "false");
            _xml.WriteString(parameter.Type);
            End();
        }

        Type(parameter.Type);
        Text(Dev, "dev:defaultValue", parameter.Default);
        End();
    }

    private void Types(IEnumerable<DescribedType> types, string element)
    {
        Start(Command, $"command:{element}s");
        foreach (DescribedType type in types)
        {
            Start(Command, $"command:{element}");
            Type(type.Name);
            Paragraphs("description", type.Text);
            End();
        }

        End();
    }

    private void Type(string name)
    {
        Start(Dev, "dev:type");
        Text(Maml, "maml:name", name);
        End();
    }

    private void Notes(IReadOnlyList<string>? notes)
    {
        if (notes is not null)
        {
            Start(Maml, "maml:alertSet");
            Paragraphs("alert", notes);
            End();
        }
    }

    private void Examples(IEnumerable<CommandExample> examples)
    {
        Start(Command, "command:examples");
        foreach (CommandExample example in examples)
        {
            Start(Command, "command:example");
            Text(Maml, "maml:title", $"---------- {example.Title} ----------");
            Text(Dev, "dev:code", example.Code);
            Start(Dev, "dev:remarks");

            // Get-Help puts nothing between two examples, so each ends with an empty line.
            foreach (string paragraph in example.Remarks.Append(string.Empty))
            {
                Text(Maml, "maml:para", paragraph);
            }

            End();
            End();
        }

        End();
    }

    private void Links(CommandPage page)
    {
        Start(Command, "command:relatedLinks");
        if (_address is not null)
        {
            // Get-Help -Online opens the first address.
            Link("Online version:", $"{_address}/{page.Name}.md");
        }

        foreach (RelatedLink link in page.Links)
        {
            Link(link.Text, link.Uri);
        }

        End();
    }

    private void Link(string text, string address)
    {
        Start(Maml, "maml:navigationLink");
        Text(Maml, "maml:linkText", text);
        Text(Maml, "maml:uri", address);
        End();
    }

    private void Paragraphs(string element, IEnumerable<string> paragraphs)
    {
        Start(Maml, $"maml:{element}");
        foreach (string paragraph in paragraphs)
        {
            Text(Maml, "maml:para", paragraph);
        }

        End();
    }

    private void Text(string space, string qualified, string text)
    {
        Start(space, qualified);
        _xml.WriteString(text);
        End();
    }

    private void Start(string space, string qualified)
    {
        string[] name = qualified.Split(':');
        _xml.WriteStartElement(name[0], name[1], space);
    }

    private void End() => _xml.WriteEndElement();
}
