using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;
using MedSeg.PowerShell.Tests.Pwsh;

namespace MedSeg.PowerShell.Tests.Examples;

/// <summary>The topics about_MedSeg and its like: that Get-Help finds them, and that what they say is so.</summary>
public sealed partial class AboutTests : IClassFixture<ExampleFolder>, IDisposable
{
    private static readonly string s_docs = Path.Combine(PwshProcess.RepositoryRoot, "docs");
    private readonly CultureInfo _uiCulture = CultureInfo.CurrentUICulture;
    private readonly ExampleFolder _folder;

    public AboutTests(ExampleFolder folder) => _folder = folder;

    public static TheoryData<string> Topics() => ["about_MedSeg", "about_MedSeg_Data", "about_MedSeg_Training"];

    /// <summary>Gives each topic, the files that its lines write, and how many objects of which type they return.</summary>
    public static TheoryData<string, string[], string[]> Chains() => new()
    {
        {
            "about_MedSeg",
            ["preview.png", "history.csv", "history.png", "psoas/medseg.safetensors", "masks/P11_S01.png", "masks/overlays/P14_S08.png", "areas.csv"],
            ["AreaSummary 16", "Dataset 1", "FileInfo 3", "ModelScore 4", "PSCustomObject 10"]
        },
        {
            "about_MedSeg_Data",
            ["labels.html", "cache"],
            ["Dataset 3", "String 4"]
        },
        {
            "about_MedSeg_Training",
            ["trial/medseg.safetensors", "history.csv", "history.png", "psoas/medseg.safetensors", "psoas/best.safetensors", "cv/medseg-fold5.safetensors", "masks/P06_S01.png", "agreement.png", "night/medseg.safetensors"],
            ["EpochRecord 3", "FileInfo 2", "FoldSummary 4", "ModelScore 4", "PostProcessingFinding 1", "RunInfo 1", "SegmentedSlice 8"]
        },
    };

    public void Dispose() => CultureInfo.CurrentUICulture = _uiCulture;

    [Theory]
    [InlineData("")]
    [InlineData("en-US")]
    [InlineData("de-DE")]
    public void Get_Help_finds_the_topics_in_every_language(string culture)
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);
        using var session = new ModuleSession();
        foreach (string topic in Topics().Select(row => row.Data))
        {
            string text = Assert.Single(session.Run($"Get-Help {topic}")).ToString();

            Assert.StartsWith($"TOPIC\n    {topic}\n\nSHORT DESCRIPTION\n    ", text.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        }

        Assert.Equal(
            Topics().Select(row => $"{row.Data}: {Page(row.Data)[2]}").Order(),
            session.Run("Get-Help about_MedSeg*").Select(found => $"{found.Properties["Name"].Value}: {found.Properties["Synopsis"].Value}").Order());
    }

    [Theory]
    [MemberData(nameof(Topics))]
    public void Topic_is_plain_text_that_fits_a_terminal_and_says_what_the_page_says(string topic)
    {
        string[] lines = File.ReadAllLines(Path.Combine(ModuleSession.Setting("ModulePath"), "en-US", topic + ".help.txt"));

        // Code is left as it is, further in.
        Assert.All(lines.Where(line => !line.StartsWith("        ", StringComparison.Ordinal)), line => Assert.InRange(line.Length, 0, 80));
        Assert.All(lines, line => Assert.DoesNotMatch(@"^```|\]\(|\*\*|^\s*\|", line));
        string text = string.Join(' ', WordsOf(lines));
        Assert.All(Page(topic).Where(line => line.Length > 0 && !line.StartsWith('|')), line => Assert.Contains(string.Join(' ', WordsOf([Markup().Replace(line, "$1$2")])), text, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [MemberData(nameof(Topics))]
    public void Commands_and_parameters_that_a_topic_names_exist(string topic)
    {
        using var session = new ModuleSession();
        Dictionary<string, CommandInfo> commands = session.Run("Get-Command -Module MedSeg -CommandType Cmdlet").Select(found => (CommandInfo)found.BaseObject).ToDictionary(command => command.Name);
        HashSet<string> parameters = [.. commands.Values.SelectMany(command => command.Parameters?.Keys.ToArray() ?? []), "Examples"];
        string text = string.Join('\n', Page(topic));

        Assert.All(CommandName().Matches(text), name => Assert.Contains(name.Value, commands.Keys));
        Assert.All(ParameterName().Matches(text), name => Assert.Contains(name.Groups[1].Value, parameters));
        Assert.All(Topic().Matches(text), name => Assert.Contains(name.Value, Topics().Select(row => row.Data)));
    }

    [Theory]
    [MemberData(nameof(Chains))]
    public void Lines_of_a_topic_run_as_one_chain_in_an_empty_folder(string topic, string[] files, string[] types)
    {
        using ModuleSession session = _folder.Open();
        session.Run("$PSDefaultParameterValues = @{}; $null = New-Item chain -ItemType Directory; Set-Location chain");
        string[] scripts = ScriptsOf(topic);

        List<PSObject> given = [.. scripts.SelectMany(script => session.Run(EpochsOption().Replace(script, "-Epochs 1")))];

        Assert.All([.. files, .. PathsIn(scripts), .. FilesOfTheTable(topic)], file => Assert.True(Path.Exists(session.PathOf("chain", file)), file));
        Assert.Equal(types, CountsByType(given));
        Assert.All(given.Where(item => item.BaseObject.GetType().Name == "RunInfo"), run => Assert.Equal("Finished", run.Properties["State"].Value.ToString()));
    }

    private static string[] Page(string topic) => File.ReadAllLines(Path.Combine(s_docs, topic + ".md"));

    private static string[] ScriptsOf(string topic) => [.. Script().Matches(string.Join('\n', Page(topic))).Select(match => match.Groups[1].Value)];

    // What the lines read or write: ./psoas, ./psoas/medseg.safetensors, areas.csv.
    private static IEnumerable<string> PathsIn(string[] scripts) => scripts.SelectMany(script => PathName().Matches(script)).Select(match => match.Value);

    // The rows of the table that says what is in the output folder, here psoas.
    private static IEnumerable<string> FilesOfTheTable(string topic) =>
        Page(topic).Select(line => FileRow().Match(line)).Where(row => row.Success).Select(row => $"psoas/{row.Groups[1].Value}");

    // Lists as their views show them are left out: they are PowerShell's own formatting objects.
    private static IEnumerable<string> CountsByType(IEnumerable<PSObject> given) =>
        given.GroupBy(item => item.BaseObject.GetType())
            .Where(type => !type.Key.FullName!.StartsWith("Microsoft.PowerShell.Commands.Internal.Format", StringComparison.Ordinal))
            .Select(type => $"{type.Key.Name} {type.Count()}")
            .Order(StringComparer.Ordinal);

    private static IEnumerable<string> WordsOf(IEnumerable<string> lines) => lines.SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex(@"\b[A-Z][a-z]+-MedSeg\w*")]
    private static partial Regex CommandName();

    // In code marks or in code; not the words of compounds.
    [GeneratedRegex(@"(?<=[\s`(])-([A-Z]\w+)")]
    private static partial Regex ParameterName();

    [GeneratedRegex(@"\babout_MedSeg\w*")]
    private static partial Regex Topic();

    [GeneratedRegex(@"^```powershell\n(.*?)\n```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Script();

    [GeneratedRegex(@"-Epochs \d+")]
    private static partial Regex EpochsOption();

    [GeneratedRegex(@"(?<=\./)[\w./]+|(?<= )\w+\.(csv|png|html)")]
    private static partial Regex PathName();

    [GeneratedRegex(@"^\| (medseg[\w.]*) \|")]
    private static partial Regex FileRow();

    [GeneratedRegex(@"^#+ |^```\w*|\[([^\]]+)\]\([^)]+\)|`([^`]+)`")]
    private static partial Regex Markup();
}
