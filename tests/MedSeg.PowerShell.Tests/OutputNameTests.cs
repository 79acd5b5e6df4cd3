using System.Management.Automation;

namespace MedSeg.PowerShell.Tests;

/// <summary>Names of files and folders that Windows cannot have are refused on every system.</summary>
public sealed class OutputNameTests : IDisposable
{
    // Parameters that name what a command writes; -Path does so where the command exports or makes something.
    private const string Outputs = """
        (Get-Command -Module MedSeg -CommandType Cmdlet) | ForEach-Object {
            $command = $_
            $command.Parameters.Values | Where-Object {
                $_.Name -in 'OutputPath', 'CsvPath', 'PlotPath', 'ReportPath', 'PicturePath', 'FatMapPath', 'CachePath', 'Excel', 'BestOptionPath' -or
                ($_.Name -eq 'Path' -and $command.Name -in 'Export-MedSegHistory', 'Export-MedSegPreview', 'Export-MedSegReport', 'Export-MedSegAgreementFigure', 'Export-MedSegSweepFigure', 'New-MedSegDemoDataset')
            } | ForEach-Object { '{0} -{1}' -f $command.Name, $_.Name }
        }
        """;

    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Every_output_path_refuses_them_by_name()
    {
        string[] parameters = [.. _session.Run(Outputs).Select(name => name.ToString())];

        Assert.True(parameters.Length > 15, string.Join(", ", parameters));
        Assert.All(parameters, parameter => Assert.Contains("NUL is the name of a device on Windows", Refusal($"{parameter} ./out/NUL.txt"), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("CON", "CON is the name of a device")]
    [InlineData("./x/com1.csv", "COM1 is the name of a device")]
    [InlineData("./x/lpt9/", "LPT9 is the name of a device")]
    [InlineData("./x/aux.tar.gz", "AUX is the name of a device")]
    [InlineData("a:b", "cannot contain ':'")]
    [InlineData("./x/a:b", "cannot contain ':'")]
    [InlineData("./x/what?", "cannot contain '?'")]
    [InlineData("./x/a*b", "cannot contain '*'")]
    [InlineData("./x/a<b", "cannot contain '<'")]
    [InlineData("./x/a>b", "cannot contain '>'")]
    [InlineData("./x/a|b", "cannot contain '|'")]
    [InlineData("./x/a\"b", "cannot contain '\"'")]
    [InlineData("./x/end.", "a dot or blank at the end")]
    [InlineData("./x/end ", "a dot or blank at the end")]
    public void Name_that_Windows_cannot_have_is_refused(string path, string message)
    {
        Assert.Contains(message, Refusal($"Start-MedSegTraining -OutputPath '{path}'"), StringComparison.Ordinal);
        Assert.Contains($"'{path}' was given", Refusal($"New-MedSegDemoDataset '{path}'"), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_session.Folder));
    }

    [Theory]
    [InlineData("console")]
    [InlineData("./nul/x")]
    [InlineData("./x/..")]
    [InlineData(".")]
    [InlineData("com10")]
    [InlineData("out:x")]
    [InlineData("out:/")]
    [InlineData("x [1] ü.v2/")]
    public void Other_names_are_used(string path)
    {
        _session.Run("$null = New-PSDrive -Name out -PSProvider FileSystem -Root . -Scope Global");

        Assert.Single(_session.Run($"New-MedSegDemoDataset '{path}' -Patients 1 -HeldOutPatients 1 -SlicesPerPatient 1"));
    }

    [Theory]
    [InlineData("NUL.v2")]
    [InlineData("com1")]
    [InlineData("spine.")]
    [InlineData("spine.best")]
    public void Model_name_that_no_file_can_have_is_refused(string name) =>
        Assert.Contains($"'{name}' was given; it must be", Refusal($"Start-MedSegTraining -ModelName {name}"), StringComparison.Ordinal);

    private string Refusal(string script)
    {
        using System.Management.Automation.PowerShell shell = _session.Create(script);
        _ = shell.Invoke();
        return Assert.IsAssignableFrom<ParameterBindingException>(Assert.Single(shell.Streams.Error).Exception).Message;
    }
}
