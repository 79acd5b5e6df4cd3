using System.Management.Automation;
using System.Xml.Linq;

namespace MedSeg.PowerShell.Tests.Examples;

/// <summary>The examples that Get-Help shows, each run as it stands in a folder with what it speaks of.</summary>
public sealed class HelpExampleTests(ExampleFolder folder) : IClassFixture<ExampleFolder>
{
    private static readonly XNamespace s_command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace s_dev = "http://schemas.microsoft.com/maml/dev/2004/10";
    private static readonly XNamespace s_maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly Dictionary<(string Command, string Title), string> s_examples = Read();

    public static TheoryData<string, string> Examples()
    {
        var rows = new TheoryData<string, string>();
        foreach ((string command, string title) in s_examples.Keys)
        {
            rows.Add(command, title);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Example_runs_without_a_complaint_and_does_something(string command, string title)
    {
        string code = s_examples[(command, title)];
        using ModuleSession session = folder.Open();
        HashSet<string> before = FilesOf(session.Folder);
        using System.Management.Automation.PowerShell shell = session.Create(code);

        List<PSObject> output = [.. shell.Invoke()];

        Assert.Contains(command, code, StringComparison.Ordinal);
        Assert.Empty(shell.Streams.Error);

        // One epoch is too little to judge labels, and the command says so.
        Assert.DoesNotContain(shell.Streams.Warning, warning => !warning.Message.StartsWith("The median Dice score of the models is only", StringComparison.Ordinal));
        Assert.True(output.Count > 0 || FilesOf(session.Folder).Except(before).Any(), "Nothing was given and nothing written.");
    }

    private static HashSet<string> FilesOf(string folder) =>
        [.. new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Select(file => $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}")];

    private static Dictionary<(string Command, string Title), string> Read()
    {
        XElement help = XElement.Load(Path.Combine(ModuleSession.Setting("ModulePath"), "en-US", "MedSeg.PowerShell.dll-Help.xml"));
        return help.Elements(s_command + "command")
            .SelectMany(command => command.Descendants(s_command + "example"), (command, example) => (
                Key: (command.Element(s_command + "details")!.Element(s_command + "name")!.Value, example.Element(s_maml + "title")!.Value.Trim('-', ' ')),
                Code: example.Element(s_dev + "code")!.Value))
            .ToDictionary(example => example.Key, example => example.Code);
    }
}
