using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Turns the commands' pages (docs/commands/Verb-Noun.md) into the MAML file that Get-Help reads.</summary>
/// <remarks>docs/commands/README.md describes the pages. A page that lacks something fails the build with its file and line.</remarks>
public sealed class HelpFromMarkdown : Task
{
    private const string Maml = "http://schemas.microsoft.com/maml/2004/10";
    private const string Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private const string Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    private static readonly string[] s_required = { "Description", "Parameters", "Inputs", "Outputs", "Examples" };
    private static readonly string[] s_optional = { "Syntax", "Notes", "Related links" };

    private static readonly Dictionary<string, string> s_shouldProcess = new Dictionary<string, string>
    {
        { "WhatIf", "Says what the command would do, and does nothing." },
        { "Confirm", "Asks before the command does anything." },
    };

    private XmlWriter _xml;

    [Required]
    public ITaskItem[] Sources { get; set; }

    [Required]
    public string Destination { get; set; }

    public override bool Execute()
    {
        var text = new StringBuilder();
        using (_xml = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, OmitXmlDeclaration = true }))
        {
            _xml.WriteStartElement("helpItems", "http://msh");
            _xml.WriteAttributeString("schema", "maml");
            foreach (string path in Sources.Select(item => item.GetMetadata("FullPath")).OrderBy(p => p, StringComparer.Ordinal))
            {
                try
                {
                    WriteCommand(path);
                }
                catch (PageException e)
                {
                    Log.LogError(null, "MEDSEGHELP", null, path, e.Line, 0, 0, 0, e.Message);
                    return false;
                }
            }

            _xml.WriteEndElement();
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(Destination)));
        File.WriteAllText(Destination, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + text.Replace("\r\n", "\n") + "\n", new UTF8Encoding(false));
        return true;
    }

    private void WriteCommand(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        Section page = Section.Parse(File.ReadAllLines(path), 1).FirstOrDefault() ?? throw new PageException(1, "the page is empty; '# " + name + "' was expected");
        Require(page.Title == name, page.Line, "the heading is '" + page.Title + "'; the file's name asks for '" + name + "'");
        Require(page.Paragraphs.Count == 1, page.Line, "one paragraph, the synopsis, was expected under the heading");
        foreach (string title in s_required)
        {
            Require(page[title] != null, page.Line, "the section '## " + title + "' is missing");
        }

        foreach (Section section in page.Children)
        {
            Require(s_required.Contains(section.Title) || s_optional.Contains(section.Title), section.Line, "'## " + section.Title + "' is no section of a command's page");
        }

        Require(page["Description"].Paragraphs.Count > 0, page["Description"].Line, "the description is empty");
        List<Parameter> parameters = page["Parameters"].Children.Select(Parameter.Parse).ToList();
        List<List<Parameter>> sets = SyntaxOf(page, name, parameters);

        Start(Command, "command:command");
        Start(Command, "command:details");
        Text(Command, "command:name", name);
        Text(Command, "command:verb", name.Split('-')[0]);
        Text(Command, "command:noun", name.Split('-')[1]);
        Paragraphs("description", page.Paragraphs);
        End();
        Paragraphs("description", page["Description"].Paragraphs);
        Start(Command, "command:syntax");
        foreach (List<Parameter> set in sets)
        {
            Start(Command, "command:syntaxItem");
            Text(Maml, "maml:name", name);
            set.ForEach(parameter => Write(parameter, inSyntax: true));
            End();
        }

        End();
        Start(Command, "command:parameters");
        parameters.ForEach(parameter => Write(parameter, inSyntax: false));
        End();
        Types(page["Inputs"], "inputType");
        Types(page["Outputs"], "returnValue");
        Notes(page["Notes"]);
        Examples(page["Examples"]);
        Links(page["Related links"]);
        End();
    }

    /// <summary>Reads each way of calling from the syntax block; without one there is one way, with all parameters.</summary>
    private static List<List<Parameter>> SyntaxOf(Section page, string name, List<Parameter> parameters)
    {
        Section syntax = page["Syntax"];
        if (syntax == null)
        {
            return new List<List<Parameter>> { parameters };
        }

        var sets = new List<List<Parameter>>();
        foreach (string call in Regex.Split(string.Join("\n", syntax.CodeBlocks), @"^(?=" + Regex.Escape(name) + @"\b)", RegexOptions.Multiline).Where(c => c.Trim().Length > 0))
        {
            Require(call.StartsWith(name, StringComparison.Ordinal), syntax.Line, "each way of calling must begin with " + name);
            var set = new List<Parameter>();
            foreach (Match match in Regex.Matches(call.Substring(name.Length), @"(?<lead>\[{0,2})-(?<name>\w+)(?<close>\]?)(?<value>\s+<[^>]+>)?"))
            {
                string parameterName = match.Groups["name"].Value;
                if (s_shouldProcess.ContainsKey(parameterName) && !parameters.Exists(p => p.Name == parameterName))
                {
                    parameters.Add(new Parameter { Name = parameterName, Type = "SwitchParameter", Default = "False", Aliases = parameterName == "WhatIf" ? "wi" : "cf", Paragraphs = { s_shouldProcess[parameterName] } });
                }

                Parameter known = parameters.Find(p => p.Name == parameterName);
                Require(known != null, syntax.Line, "-" + parameterName + " is in the syntax; '### -" + parameterName + "' is missing from the parameters");
                string lead = match.Groups["lead"].Value;
                set.Add(known.WithRequired(lead == "" || (lead == "[" && match.Groups["close"].Value == "]" && match.Groups["value"].Success)));
            }

            sets.Add(set);
        }

        Require(sets.Count > 0, syntax.Line, "the syntax has no code block");
        Parameter unused = parameters.Find(p => !sets.Exists(set => set.Exists(s => s.Name == p.Name)));
        Require(unused == null, syntax.Line, "-" + unused?.Name + " is described, but in none of the ways of calling");
        return sets;
    }

    private void Write(Parameter parameter, bool inSyntax)
    {
        bool isSwitch = parameter.Type == "SwitchParameter";
        Start(Command, "command:parameter");
        _xml.WriteAttributeString("required", parameter.IsRequired ? "true" : "false");
        _xml.WriteAttributeString("variableLength", parameter.Type.EndsWith("[]", StringComparison.Ordinal) ? "true" : "false");
        _xml.WriteAttributeString("globbing", parameter.Wildcards ? "true" : "false");
        _xml.WriteAttributeString("pipelineInput", parameter.Pipeline);
        _xml.WriteAttributeString("position", parameter.Position);
        _xml.WriteAttributeString("aliases", parameter.Aliases);
        Text(Maml, "maml:name", parameter.Name);
        Paragraphs("Description", parameter.Paragraphs);
        if (!(inSyntax && isSwitch))
        {
            Start(Command, "command:parameterValue");
            _xml.WriteAttributeString("required", isSwitch ? "false" : "true");
            _xml.WriteAttributeString("variableLength", "false");
            _xml.WriteString(parameter.Type);
            End();
        }

        Start(Dev, "dev:type");
        Text(Maml, "maml:name", parameter.Type);
        End();
        Text(Dev, "dev:defaultValue", parameter.Default);
        End();
    }

    /// <summary>Each type has a heading; a section without one names it in its first sentence.</summary>
    private void Types(Section section, string element)
    {
        Require(section.Children.Count + section.Paragraphs.Count > 0, section.Line, "'## " + section.Title + "' is empty; write None. where there is nothing");
        Start(Command, "command:" + element + "s");
        IEnumerable<Tuple<string, List<string>>> types = section.Children.Count > 0
            ? section.Children.Select(child => Tuple.Create(child.Title, child.Paragraphs))
            : new[] { Tuple.Create(section.Paragraphs[0].TrimEnd('.'), section.Paragraphs.Skip(1).ToList()) };
        foreach (Tuple<string, List<string>> type in types)
        {
            Start(Command, "command:" + element);
            Start(Dev, "dev:type");
            Text(Maml, "maml:name", type.Item1);
            End();
            Paragraphs("description", type.Item2);
            End();
        }

        End();
    }

    private void Notes(Section section)
    {
        if (section != null)
        {
            Start(Maml, "maml:alertSet");
            Start(Maml, "maml:alert");
            section.Paragraphs.ForEach(paragraph => Text(Maml, "maml:para", paragraph));
            End();
            End();
        }
    }

    private void Examples(Section section)
    {
        Require(section.Children.Count >= 3, section.Line, "three examples ('### Example 1: what it shows') are the least, and there are " + section.Children.Count);
        Start(Command, "command:examples");
        foreach (Section example in section.Children)
        {
            Require(example.CodeBlocks.Count > 0 && example.CodeBlocks[0].Trim().Length > 0, example.Line, "the example has no code block");
            Require(example.Paragraphs.Any(paragraph => !example.CodeBlocks.Contains(paragraph)), example.Line, "the example has no explanation");
            Start(Command, "command:example");
            Text(Maml, "maml:title", "---------- " + example.Title + " ----------");
            Text(Dev, "dev:code", example.CodeBlocks[0]);
            Start(Dev, "dev:remarks");
            example.Paragraphs.Where(paragraph => paragraph != example.CodeBlocks[0]).ToList().ForEach(paragraph => Text(Maml, "maml:para", paragraph));

            // Get-Help puts nothing between two examples.
            Text(Maml, "maml:para", "");
            End();
            End();
        }

        End();
    }

    private void Links(Section section)
    {
        Start(Command, "command:relatedLinks");
        foreach (Match link in Regex.Matches(section?.Raw ?? "", @"\[(?<text>[^\]]+)\]\((?<uri>[^)]+)\)"))
        {
            Start(Maml, "maml:navigationLink");
            Text(Maml, "maml:linkText", Section.Plain(link.Groups["text"].Value));
            string uri = link.Groups["uri"].Value;
            Text(Maml, "maml:uri", uri.Contains("://") ? uri : "");
            End();
        }

        End();
    }

    private void Paragraphs(string element, List<string> paragraphs)
    {
        Start(Maml, "maml:" + element);
        paragraphs.ForEach(paragraph => Text(Maml, "maml:para", paragraph));
        End();
    }

    private void Start(string space, string qualified)
    {
        string[] name = qualified.Split(':');
        _xml.WriteStartElement(name[0], name[1], space);
    }

    private void Text(string space, string qualified, string text)
    {
        Start(space, qualified);
        _xml.WriteString(text);
        End();
    }

    private void End()
    {
        _xml.WriteEndElement();
    }

    private static void Require(bool condition, int line, string problem)
    {
        if (!condition)
        {
            throw new PageException(line, problem);
        }
    }

    private sealed class PageException : Exception
    {
        public PageException(int line, string problem)
            : base(problem)
        {
            Line = line;
        }

        public int Line { get; }
    }

    /// <summary>A heading and what stands under it.</summary>
    private sealed class Section
    {
        public string Title;
        public int Line;
        public string Raw = "";
        public List<string> Paragraphs = new List<string>();
        public List<string> CodeBlocks = new List<string>();
        public List<Section> Children = new List<Section>();

        public Section this[string title]
        {
            get { return Children.Find(child => child.Title == title); }
        }

        public static List<Section> Parse(string[] lines, int level)
        {
            var open = new Stack<Section>();
            var root = new Section();
            open.Push(root);
            for (int i = 0; i < lines.Length; i++)
            {
                Match heading = Regex.Match(lines[i], @"^(#{1,3}) +(.+?)\s*$");
                if (heading.Success)
                {
                    int depth = heading.Groups[1].Length;
                    Require(depth <= open.Count, i + 1, "this heading stands one level too deep");
                    while (open.Count > depth)
                    {
                        open.Pop();
                    }

                    var section = new Section { Title = Plain(heading.Groups[2].Value), Line = i + 1 };
                    open.Peek().Children.Add(section);
                    open.Push(section);
                }
                else if (lines[i].StartsWith("```", StringComparison.Ordinal))
                {
                    int end = Array.FindIndex(lines, i + 1, line => line.StartsWith("```", StringComparison.Ordinal));
                    Require(end > 0, i + 1, "this code block is never closed");
                    string code = string.Join("\n", lines.Skip(i + 1).Take(end - i - 1));
                    open.Peek().CodeBlocks.Add(code);
                    open.Peek().Paragraphs.Add(code);
                    i = end;
                }
                else if (lines[i].StartsWith("|", StringComparison.Ordinal))
                {
                    // A console shows no table: each row below the headings becomes an item of a list.
                    string[] table = lines.Skip(i).TakeWhile(line => line.StartsWith("|", StringComparison.Ordinal)).ToArray();
                    open.Peek().Paragraphs.Add(string.Join("\n", table.Skip(2).Select(ItemOf)));
                    i += table.Length - 1;
                }
                else if (lines[i].Trim().Length > 0)
                {
                    open.Peek().AddLine(lines[i], i > 0 && lines[i - 1].Trim().Length > 0 && !lines[i - 1].StartsWith("```", StringComparison.Ordinal) && !lines[i - 1].StartsWith("#", StringComparison.Ordinal));
                }
            }

            return root.Children;
        }

        /// <summary>Takes away what only a browser shows: emphasis, code marks, link targets.</summary>
        public static string Plain(string markdown)
        {
            string text = Regex.Replace(markdown, @"\[([^\]]+)\]\([^)]+\)", "$1");
            return Regex.Replace(text, @"\*\*([^*]+)\*\*|`([^`]+)`", "$1$2");
        }

        private static string ItemOf(string row)
        {
            string[] cells = row.Trim().Trim('|').Split('|').Select(cell => Plain(cell.Trim())).ToArray();
            return "- " + cells[0] + ": " + string.Join("; ", cells.Skip(1));
        }

        private void AddLine(string line, bool continues)
        {
            Raw += line + "\n";
            bool startsItem = Regex.IsMatch(line, @"^\s*([-*]|\d+\.) ?");
            if (continues && !startsItem && Paragraphs.Count > 0)
            {
                Paragraphs[Paragraphs.Count - 1] += " " + Plain(line.Trim());
            }
            else if (continues && startsItem && Paragraphs.Count > 0)
            {
                Paragraphs[Paragraphs.Count - 1] += "\n" + Plain(line.TrimEnd());
            }
            else
            {
                Paragraphs.Add(Plain(line.TrimEnd()));
            }
        }
    }

    /// <summary>A parameter, as its heading and its line of attributes tell.</summary>
    private sealed class Parameter
    {
        public string Name;
        public string Type;
        public bool IsRequired;
        public bool Wildcards;
        public string Position = "named";
        public string Pipeline = "False";
        public string Default = "None";
        public string Aliases = "none";
        public List<string> Paragraphs = new List<string>();

        public static Parameter Parse(Section section)
        {
            Require(section.Title.StartsWith("-", StringComparison.Ordinal), section.Line, "'### -Name' was expected");
            var parameter = new Parameter { Name = section.Title.Substring(1) };
            foreach (string paragraph in section.Paragraphs)
            {
                Match attributes = Regex.Match(paragraph, @"^(- )?(?=Type: )(.+)$", RegexOptions.Singleline);
                if (attributes.Success)
                {
                    attributes.Groups[2].Value.Split('·').ToList().ForEach(attribute => parameter.Set(attribute.Trim(), section.Line));
                }
                else
                {
                    parameter.Paragraphs.Add(paragraph);
                }
            }

            Require(parameter.Type != null, section.Line, "-" + parameter.Name + " has no line of attributes ('- Type: String · Required · …')");
            Require(parameter.Paragraphs.Count > 0, section.Line, "-" + parameter.Name + " has no description");
            return parameter;
        }

        public Parameter WithRequired(bool required)
        {
            var copy = (Parameter)MemberwiseClone();
            copy.IsRequired = required;
            return copy;
        }

        private void Set(string attribute, int line)
        {
            Match match = Regex.Match(attribute, @"^(?<name>Type|Required|Position|Pipeline|Default|Wildcards|Aliases|Values):? ?(?<value>.*)$", RegexOptions.Singleline);
            string value = match.Groups["value"].Value.Trim();
            switch (match.Groups["name"].Value)
            {
                case "Type": Type = value; break;
                case "Required": IsRequired = true; break;
                case "Position": Position = value; break;
                case "Pipeline": Pipeline = "True (" + value.Replace("by value", "ByValue").Replace("by property name", "ByPropertyName") + ")"; break;
                case "Default": Default = value; break;
                case "Wildcards": Wildcards = value == "yes"; break;
                case "Aliases": Aliases = value; break;
                case "Values": Paragraphs.Add("Values: " + value); break;
                default: throw new PageException(line, "'" + attribute + "' is no attribute of a parameter");
            }
        }
    }
}
