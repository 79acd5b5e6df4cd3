using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using System.Xml.Schema;

namespace MedSeg.PowerShell.Tests.Pwsh;

/// <summary>The task that Register-NightlyTask.ps1 registers with Windows Task Scheduler, as XML.</summary>
public sealed class NightlyTaskTests : IDisposable
{
    private static readonly XNamespace s_task = "http://schemas.microsoft.com/windows/2004/02/mit/task";
    private readonly PwshProcess _pwsh = new();

    public NightlyTaskTests() => Directory.CreateDirectory(Path.Combine(_pwsh.Folder, "a & b [1]"));

    public void Dispose() => _pwsh.Dispose();

    [Fact]
    public void Task_is_valid_and_runs_unattended()
    {
        XElement task = Task("-At", "21:15");

        XElement settings = task.Element(s_task + "Settings")!;
        Assert.Equal("IgnoreNew", Text(settings, "MultipleInstancesPolicy"));
        Assert.Equal("true", Text(settings, "StartWhenAvailable"));
        Assert.Equal("true", Text(settings, "WakeToRun"));
        Assert.Equal("false", Text(settings, "DisallowStartIfOnBatteries"));
        Assert.Equal("false", Text(settings, "StopIfGoingOnBatteries"));
        Assert.Equal("false", Text(settings, "RunOnlyIfIdle"));
        Assert.Equal("PT0S", Text(settings, "ExecutionTimeLimit"));
        Assert.Equal(("PT10M", "3"), (Text(settings, "Interval"), Text(settings, "Count")));
        Assert.Equal("S4U", Text(task, "LogonType"));
        Assert.EndsWith("T21:15:00", Text(task, "StartBoundary"), StringComparison.Ordinal);
        Assert.Equal("1", Text(task, "DaysInterval"));
        Assert.NotNull(task.Descendants(s_task + "BootTrigger").SingleOrDefault());
    }

    [Fact]
    public void Command_of_the_task_starts_the_script_with_what_was_given()
    {
        string end = _pwsh.Script("param($Code, $Log) \"$Code\" | Set-Content end.txt", "end it's.ps1");

        // Task Scheduler starts the command with the arguments as one text, and the program splits it.
        XElement task = Task("-OnEnd", end, "-ImportOption", "@{ LabelName = \"L \"\"psoas\"\"\", 'R\\' }", "-TrainingOption", "@{ Epochs = 2 }", "-Until", "6:05");
        string[] words = Split(Text(task, "Arguments"));

        // A pwsh that dotnet runs is named before its arguments.
        int first = Array.IndexOf(words, "-NoProfile");
        Assert.True(first >= 0, string.Join('|', words));
        Assert.Equal(["-NoProfile", "-NonInteractive", "-File", Path.Combine(PwshProcess.RepositoryRoot, "examples", "nightly", "Train-Nightly.ps1")], words[first..(first + 4)]);
        Assert.Equal(
            ["-Path", Path.Combine(_pwsh.Folder, "a & b [1]"), "-OutputPath", Path.Combine(_pwsh.Folder, "models"), "-Until", "06:05", "-ImportOption", "@{ LabelName = \"L \"\"psoas\"\"\", 'R\\' }", "-TrainingOption", "@{ Epochs = 2 }", "-OnEnd", end],
            words[(first + 4)..]);
    }

    [Fact]
    public void Network_shares_need_the_password_of_a_user_which_is_not_in_the_XML()
    {
        string script = _pwsh.Script($$"""
            $credential = [pscredential]::new('LAB\trainer', ('se"cret' | ConvertTo-SecureString -AsPlainText -Force))
            & '{{ScriptPath}}' -Path 'a & b [1]' -OutputPath models -Credential $credential -AsXml
            """);

        PwshResult result = _pwsh.Run("-File", script);

        XElement task = Parse(result);
        Assert.Equal(("LAB\\trainer", "Password"), (Text(task, "UserId"), Text(task, "LogonType")));
        Assert.DoesNotContain("cret", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Time_of_day_is_checked()
    {
        PwshResult result = _pwsh.Run("-File", ScriptPath, "-Path", ".", "-OutputPath", "models", "-At", "20", "-AsXml");

        Assert.Equal(1, result.Code);
        Assert.Contains("is not a time of day such as 20:00", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<Enabled>true</Enabled>\n      <StartBoundary>2026-01-01T20:00:00</StartBoundary>", "<StartBoundary>2026-01-01T20:00:00</StartBoundary>\n      <Enabled>true</Enabled>")]
    [InlineData("<Count>3</Count>", "<Count>0</Count>")]
    [InlineData("<Interval>PT10M</Interval>", "<Interval>10</Interval>")]
    [InlineData("<WakeToRun>true</WakeToRun>", "<WakeToRun>yes</WakeToRun>")]
    [InlineData("<WakeToRun>true</WakeToRun>", "<WakeTheMachine>true</WakeTheMachine>")]
    [InlineData("IgnoreNew", "Ignore")]
    public void Schema_of_the_test_refuses_what_Task_Scheduler_refuses(string valid, string broken)
    {
        string xml = Regex.Replace(
            _pwsh.Run("-File", ScriptPath, "-Path", ".", "-OutputPath", "models", "-AsXml").Output.ReplaceLineEndings("\n"), "<StartBoundary>.*</StartBoundary>", "<StartBoundary>2026-01-01T20:00:00</StartBoundary>");

        Assert.Contains(valid, xml, StringComparison.Ordinal);
        Assert.Empty(Faults(xml));
        Assert.NotEmpty(Faults(xml.Replace(valid, broken, StringComparison.Ordinal)));
    }

    private static string ScriptPath => Path.Combine(PwshProcess.RepositoryRoot, "examples", "nightly", "Register-NightlyTask.ps1");

    private XElement Task(params string[] more) =>
        Parse(_pwsh.Run(["-File", ScriptPath, "-Path", "a & b [1]", "-OutputPath", "models", "-AsXml", .. more]));

    private static XElement Parse(PwshResult result)
    {
        Assert.True(result.Code == 0, result.Error);
        Assert.Empty(Faults(result.Output));
        return XDocument.Parse(result.Output).Root!;
    }

    private static List<string> Faults(string xml)
    {
        var schemas = new XmlSchemaSet();
        schemas.Add(null, Path.Combine(PwshProcess.RepositoryRoot, "tests", "MedSeg.PowerShell.Tests", "Pwsh", "TaskScheduler.xsd"));
        var faults = new List<string>();
        XDocument.Parse(xml).Validate(schemas, (_, fault) => faults.Add(fault.Message));
        return faults;
    }

    private static string Text(XElement task, string name) => Assert.Single(task.Descendants(s_task + name)).Value;

    // As Windows programs split their command line: quotation marks, and backslashes before them.
    private static string[] Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        bool isQuoted = false, any = false;
        for (int i = 0; i < line.Length; i++)
        {
            int slashes = 0;
            for (; i < line.Length && line[i] == '\\'; i++)
            {
                slashes++;
            }

            bool isMark = i < line.Length && line[i] == '"';
            word.Append('\\', isMark ? slashes / 2 : slashes);
            any |= slashes > 0;
            if (isMark && slashes % 2 == 0)
            {
                (isQuoted, any) = (!isQuoted, true);
            }
            else if (i < line.Length && (isQuoted || line[i] != ' '))
            {
                word.Append(line[i]);
                any = true;
            }
            else if (any)
            {
                words.Add(word.ToString());
                word.Clear();
                any = false;
            }
        }

        if (any)
        {
            words.Add(word.ToString());
        }

        return [.. words];
    }
}
