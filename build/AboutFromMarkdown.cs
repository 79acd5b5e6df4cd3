using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Turns a topic's page (docs/about_Topic.md) into the text file that Get-Help shows.</summary>
/// <remarks>A page begins with its name as heading, one line of description and a paragraph; then come sections.</remarks>
public sealed class AboutFromMarkdown : Task
{
    // As wide as the narrowest usual terminal: Get-Help shows the text as it is.
    private const int Width = 80;
    private const string Indent = "    ";

    private readonly StringBuilder _text = new StringBuilder();
    private readonly List<string> _words = new List<string>();
    private string _mark = "";
    private bool _gap;

    [Required]
    public ITaskItem[] Sources { get; set; }

    [Required]
    public string Destination { get; set; }

    public override bool Execute()
    {
        Directory.CreateDirectory(Destination);
        foreach (string path in Sources.Select(item => item.GetMetadata("FullPath")))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            string[] lines = File.ReadAllLines(path);
            if (lines.Length < 5 || lines[0] != "# " + name || lines[1] != "" || lines[2] == "" || lines[2].Length > Width - Indent.Length || lines[3] != "" || lines[4].StartsWith("#", StringComparison.Ordinal))
            {
                Log.LogError(null, "MEDSEGHELP", null, path, 1, 0, 0, 0, "the page must begin with '# " + name + "', one line of at most " + (Width - Indent.Length) + " characters that describes it, and a paragraph, with an empty line between");
                return false;
            }

            // Get-Help takes the fifth line as the synopsis.
            _text.Clear().Append("TOPIC\n" + Indent + name + "\n\nSHORT DESCRIPTION\n" + Indent + Plain(lines[2]) + "\n\nLONG DESCRIPTION\n");
            Write(lines.Skip(4).ToArray());
            File.WriteAllText(Path.Combine(Destination, name + ".help.txt"), _text.ToString(), new UTF8Encoding(false));
        }

        return true;
    }

    private void Write(string[] lines)
    {
        for (int i = 0; i < lines.Length; i++)
        {
            Match heading = Regex.Match(lines[i], @"^##+ +(.+?)\s*$");
            Match item = Regex.Match(lines[i], @"^(- |\d+\. )(.+)$");
            if (heading.Success)
            {
                Flush();
                _text.Append("\n" + Plain(heading.Groups[1].Value).ToUpperInvariant() + "\n");
                i += i + 1 < lines.Length && lines[i + 1] == "" ? 1 : 0;
                _gap = false;
            }
            else if (lines[i].StartsWith("```", StringComparison.Ordinal))
            {
                Flush();
                string[] code = lines.Skip(i + 1).TakeWhile(line => !line.StartsWith("```", StringComparison.Ordinal)).ToArray();
                WriteGap();
                _text.Append(string.Concat(code.Select(line => line == "" ? "\n" : Indent + Indent + line + "\n")));
                i += code.Length + 1;
            }
            else if (lines[i].StartsWith("|", StringComparison.Ordinal))
            {
                // A console shows no table: each row below the headings becomes an item of a list.
                Flush();
                string[] table = lines.Skip(i).TakeWhile(line => line.StartsWith("|", StringComparison.Ordinal)).ToArray();
                foreach (string[] cells in table.Skip(2).Select(row => row.Trim().Trim('|').Split('|')))
                {
                    Add("- ", cells[0].Trim() + ": " + string.Join("; ", cells.Skip(1).Select(cell => cell.Trim())));
                    Flush();
                }

                i += table.Length - 1;
            }
            else if (item.Success)
            {
                Flush();
                Add(item.Groups[1].Value, item.Groups[2].Value);
            }
            else if (lines[i].Trim() == "")
            {
                Flush();
                _gap = _text[_text.Length - 2] != '\n';
            }
            else
            {
                Add(_mark, lines[i]);
            }
        }

        Flush();
    }

    private void Add(string mark, string line)
    {
        _mark = mark;
        _words.AddRange(Plain(line).Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Writes the paragraph or item that was gathered; further lines stand under its first word.</summary>
    private void Flush()
    {
        string lead = Indent + _mark;
        if (_words.Count > 0)
        {
            WriteGap();
        }

        while (_words.Count > 0)
        {
            var line = new StringBuilder(lead + _words[0]);
            int taken = 1;
            for (; taken < _words.Count && line.Length + 1 + _words[taken].Length <= Width; taken++)
            {
                line.Append(' ').Append(_words[taken]);
            }

            _text.Append(line).Append('\n');
            _words.RemoveRange(0, taken);
            lead = new string(' ', Indent.Length + _mark.Length);
        }

        _mark = "";
    }

    private void WriteGap()
    {
        _text.Append(_gap ? "\n" : "");
        _gap = false;
    }

    /// <summary>Takes away what only a browser shows: emphasis, code marks, link targets.</summary>
    private static string Plain(string markdown)
    {
        string text = Regex.Replace(markdown, @"\[([^\]]+)\]\([^)]+\)", "$1");
        return Regex.Replace(text, @"\*\*([^*]+)\*\*|`([^`]+)`", "$1$2");
    }
}
