using System.Text;
using MedSeg.Help.Commands;
using MedSeg.Help.Markdown;
using MedSeg.Help.Topics;

namespace MedSeg.Help;

/// <summary>Writes the files that Get-Help reads, from the pages of the documentation.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        Console.OutputEncoding = new UTF8Encoding(false);
        if (arguments.Length is not (3 or 4))
        {
            Console.Error.WriteLine("Usage: MedSeg.Help <documentation folder> <output folder> <cmdlet assembly's file name> [<address of the commands' pages>]");
            return 2;
        }

        try
        {
            Write(arguments[0], arguments[1], arguments[2], arguments.ElementAtOrDefault(3));
            return 0;
        }
        catch (PageException e)
        {
            // The form that MSBuild and editors recognize as an error of that line.
            Console.Error.WriteLine($"{e.Path}({e.Line}): error MEDSEGHELP: {e.Message}");
            return 1;
        }
    }

    private static void Write(string documentation, string output, string assembly, string? address)
    {
        Directory.CreateDirectory(output);
        foreach (string path in Directory.GetFiles(documentation, "about_*.md"))
        {
            string topic = Path.GetFileNameWithoutExtension(path);
            WriteText(Path.Combine(output, topic + ".help.txt"), AboutTopic.Write(topic, MarkdownPage.Read(path)));
        }

        // Last, since the build takes this file's time as that of all of them.
        IEnumerable<CommandPage> pages = CommandPages.Read(Path.Combine(documentation, "commands"));
        WriteText(Path.Combine(output, assembly + "-Help.xml"), MamlWriter.Write(pages, address));
    }

    private static void WriteText(string path, string text) => File.WriteAllText(path, text, new UTF8Encoding(false));
}
