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
        if (arguments.Length != 3)
        {
            Console.Error.WriteLine("Usage: MedSeg.Help <documentation folder> <output folder> <cmdlet assembly's file name>");
            return 2;
        }

        try
        {
            Write(arguments[0], arguments[1], arguments[2]);
            return 0;
        }
        catch (PageException e)
        {
            // The form that MSBuild and editors recognize as an error of that line.
            Console.Error.WriteLine($"{e.Path}({e.Line}): error MEDSEGHELP: {e.Message}");
            return 1;
        }
    }

    private static void Write(string documentation, string output, string assembly)
    {
        Directory.CreateDirectory(output);
        foreach (string path in Directory.GetFiles(documentation, "about_*.md"))
        {
            string topic = Path.GetFileNameWithoutExtension(path);
            WriteText(Path.Combine(output, topic + ".help.txt"), AboutTopic.Write(topic, MarkdownPage.Read(path)));
        }

        // Last, since the build takes this file's time as that of all of them.
        IEnumerable<CommandPage> pages = CommandPages.Read(Path.Combine(documentation, "commands"));
        WriteText(Path.Combine(output, assembly + "-Help.xml"), MamlWriter.Write(pages));
    }

    private static void WriteText(string path, string text) => File.WriteAllText(path, text, new UTF8Encoding(false));
}
