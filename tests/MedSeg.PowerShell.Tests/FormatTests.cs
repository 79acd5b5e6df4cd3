using System.Xml.Linq;
using MedSeg.PowerShell.Tests.Pwsh;

namespace MedSeg.PowerShell.Tests;

/// <summary>The views of what the commands give out.</summary>
public sealed class FormatTests : IDisposable
{
    private readonly ModuleSession _session = new();
    private readonly XElement[] _views = [.. XDocument.Load(Path.Combine(ModuleSession.Setting("ModulePath"), "MedSeg.Format.ps1xml")).Descendants("View")];

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Every_output_type_has_a_table_and_a_list()
    {
        string[] types = [.. _session.Run("@((Get-Command -Module MedSeg -CommandType Cmdlet).OutputType.Name) -like 'MedSeg.*'").Select(t => t.ToString()).Distinct()];

        Assert.True(types.Length > 10);
        Assert.Empty(types.Where(type => !_views.Any(view => IsOf(view, type) && view.Element("TableControl") is not null)).Select(type => $"{type} has no table"));
        Assert.Empty(types.Where(type => !_views.Any(view => IsOf(view, type) && view.Element("ListControl") is not null)).Select(type => $"{type} has no list"));
    }

    [Fact]
    public void Members_of_what_commands_return_have_names_that_one_can_type()
    {
        string[] names = [.. _session.Run("""
            @((Get-Command -Module MedSeg -CommandType Cmdlet).OutputType.Name) -like 'MedSeg.*' | Sort-Object -Unique | ForEach-Object {
                $type = [MedSeg.Dataset].Assembly.GetType($_)
                $empty = [System.Runtime.CompilerServices.RuntimeHelpers]::GetUninitializedObject($type)
                Get-Member -InputObject $empty | ForEach-Object { "$type $($_.Name)" }
            }
            """).Select(name => name.ToString())];

        Assert.True(names.Length > 300, string.Join(", ", names));
        Assert.DoesNotContain(names, name => name.Contains('<', StringComparison.Ordinal) || name.Contains('$', StringComparison.Ordinal));
    }

    [Fact]
    public void Views_name_properties_that_exist_and_tables_have_six_columns_at_most()
    {
        foreach (XElement view in _views)
        {
            string name = view.Element("Name")!.Value;
            string type = view.Descendants("TypeName").Single().Value;
            var members = (Type)Assert.Single(_session.Run($"[MedSeg.Dataset].Assembly.GetType('{type}')")).BaseObject;
            Assert.Empty(view.Descendants("PropertyName").Select(p => p.Value).Where(p => members.GetProperty(p) is null).Select(p => $"{name}: {p}"));
            int columns = view.Descendants("TableColumnItem").Count();
            Assert.Equal(view.Descendants("TableColumnHeader").Count(), columns);
            Assert.True(columns <= 6, $"{name} has {columns} columns.");
        }

        Assert.Equal(_views.Length, _views.Select(view => view.Element("Name")!.Value).Distinct().Count());
    }

    [Fact]
    public void Tables_and_lists_show_what_the_commands_give_with_names_of_ROIs()
    {
        using var pwsh = new PwshProcess();
        PwshResult result = pwsh.Run(pwsh.Script("""
            $ErrorActionPreference = 'Stop'
            $demo = New-MedSegDemoDataset -Path d -Patients 2 -HeldOutPatients 1 -SlicesPerPatient 2
            $names = 'L psoas', 'R psoas', 'L4', 'L5'
            $data = Import-MedSegDataset ./d/train -InputSize 32 -LabelName $names
            $held = Import-MedSegDataset ./d/heldout -InputSize 32 -LabelName $names
            $epochs = $data | Start-MedSegTraining -OutputPath m -Device Cpu -Epochs 2 -BaseWidth 2 -ValidationFraction 0.5 -ReportInterval 1
            $model = './m/medseg.safetensors'
            $found = Invoke-MedSegSegmentation -Model $model -Path d/heldout/dicoms -OutputPath masks -Force
            $all = [ordered] @{
                DemoDataset = $demo; Dataset = $data; Sample = $data.Samples[0]; LabelReport = @($data | Test-MedSegLabels)[0]; DatasetInspection = $data | Test-MedSegLabels -Summary
                EpochRecord = $epochs[-1]; RunInfo = Get-MedSegRun m; RunFile = @(Test-MedSegRun m)[0]; ModelInfo = Get-MedSegModel $model; DeviceInfo = @(Get-MedSegDevice)[0]; NativeInstallation = Install-MedSegNative
                ImageInfo = @(Get-MedSegImage d/train/dicoms/*)[0]; SegmentedSlice = $found[0]; AreaSummary = @($found | Measure-MedSegArea)[0]
                ModelScore = @($held | Measure-MedSegModel -Model $model)[0]; CaseScore = @($held | Measure-MedSegModel -Model $model -BySlice)[0]
                RoiAgreement = @(Compare-MedSegMask d/heldout/labels masks -ImagePath d/heldout/dicoms -LabelName $names)[0]
                MaskScore = @(Compare-MedSegMask d/heldout/labels masks -ImagePath d/heldout/dicoms -LabelName $names -BySlice)[0]
                ConsensusMask = @(New-MedSegConsensusMask d/heldout/labels masks -LabelName $names -OutputPath c)[0]
                RoiComposition = @($held | Measure-MedSegComposition -FatMethod Otsu)[0]; PatientComposition = @($held | Measure-MedSegComposition -ByPatient)[0]; CompositionValue = @($held | Measure-MedSegComposition -Tidy)[0]
                SweepRun = $data | Invoke-MedSegSweep -Grid @{ LearningRate = 0.001 } -ValidationFraction 0.5 -OutputPath sweep -Device Cpu -Epochs 1 -BaseWidth 2
                RaterScore = @(New-MedSegConsensusMask d/heldout/labels masks -LabelName $names -OutputPath c2 -ByRater)[0]
            }
            foreach ($type in $all.Keys) {
                "=== $type $($all[$type] -is "MedSeg.$type")"
                $all[$type] | Format-Table
                "=== list"
                $all[$type] | Format-List
            }
            """));

        Assert.True(result.Code == 0, result.Error);
        TestContext.Current.AddAttachment("views", result.Output);
        Assert.DoesNotContain("#ERR", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("System.Collections", result.Output, StringComparison.Ordinal);
        string[] parts = result.Output.Split("=== ")[1..];
        Assert.Equal(48, parts.Length);
        for (int i = 0; i < parts.Length; i += 2)
        {
            string type = parts[i].Split('\n')[0].Trim();
            Assert.EndsWith(" True", type, StringComparison.Ordinal);
            Assert.Contains("----", parts[i], StringComparison.Ordinal);

            // A number without its first digits is a wrong number.
            Assert.DoesNotMatch("…[0-9.]", parts[i]);
            Assert.Matches(@"\n\w[^\n]* : ", parts[i + 1]);
            if (type.Split(' ')[0] is "Dataset" or "LabelReport" or "ModelInfo" or "SegmentedSlice" or "AreaSummary" or "ModelScore" or "CaseScore" or "RoiAgreement" or "MaskScore" or "RaterScore" or "RoiComposition" or "PatientComposition" or "CompositionValue")
            {
                Assert.Contains("L psoas", parts[i], StringComparison.Ordinal);
                Assert.Contains("L psoas", parts[i + 1], StringComparison.Ordinal);
            }
        }
    }

    private static bool IsOf(XElement view, string type) => view.Element("ViewSelectedBy")!.Elements("TypeName").Any(name => name.Value == type);
}
