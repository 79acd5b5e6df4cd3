using System.Management.Automation;

namespace MedSeg.PowerShell.Tests.Examples;

/// <summary>What <c>Export-Csv</c> makes of the objects that commands return.</summary>
public sealed class CsvTests(ExampleFolder folder) : IClassFixture<ExampleFolder>
{
    [Theory]
    [InlineData("Get-MedSegHistory ./trained_models -ModelName medseg", "\"Left psoas 0.")]
    [InlineData("Get-MedSegModel ./trained_models/medseg.safetensors", "\"Left psoas; Right psoas; ")]
    [InlineData("Invoke-MedSegSegmentation -Model ./trained_models/medseg.safetensors -Path ./scans -OutputPath ./masks", " mm²; Right psoas ")]
    [InlineData("Import-MedSegDataset ./data/unchecked | Test-MedSegLabels", "\"ROI 1 1; ROI 2 1; ROI 3 1; ROI 4 1\"")]
    [InlineData("(Import-MedSegDataset ./data/train).Samples", " mm\",")]
    [InlineData("Import-MedSegDataset ./data/train | Invoke-MedSegCrossValidation -Folds 2 -OutputPath ./cv | ForEach-Object Folds", "P01_S01; ")]
    [InlineData("Get-MedSegSeries ./scans", ".dcm; ")]
    [InlineData("Get-MedSegImage ./scans/P06_S01.dcm", " × ")]
    [InlineData("Import-MedSegDataset ./data/train -Model ./trained_models/medseg.safetensors | Measure-MedSegModel ./trained_models/medseg.safetensors", "Left psoas")]
    public void Cells_have_values_and_no_names_of_types(string command, string expected)
    {
        using ModuleSession session = folder.Open();

        string[] lines = [.. session.Run($"{command} | ConvertTo-Csv").Select((PSObject line) => line.ToString())];

        Assert.True(lines.Length > 1);
        Assert.All(lines, line => Assert.DoesNotMatch(@"\[\]|`\d|\bSystem\.|\bMedSeg\.[A-Z]|\{ \w+ = ", line));
        Assert.Contains(expected, string.Join('\n', lines[1..]), StringComparison.Ordinal);
    }
}
