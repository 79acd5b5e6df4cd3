using System.Collections;
using System.Management.Automation;
using System.Reflection;

namespace MedSeg.PowerShell.Tests.Examples;

/// <summary>What commands give holds lists, and PowerShell must be able to take one of their items: <c>$dataset.Samples[0]</c>.</summary>
public sealed class ListTests(ExampleFolder folder) : IClassFixture<ExampleFolder>
{
    // Everything that commands give, made so that each of its lists has an item.
    private const string Everything = """
        $demo = New-MedSegDemoDataset ./demo -Patients 1 -HeldOutPatients 1 -SlicesPerPatient 1
        $demo
        Set-Content ./data/unchecked/dicoms/notes.txt 'no image'
        $unchecked = Import-MedSegDataset ./data/unchecked -Cache Disk -CachePath ./cache
        $unchecked
        Import-MedSegDataset ./data/incoming -ErrorAction SilentlyContinue
        $unchecked | Test-MedSegLabels
        $unchecked | Test-MedSegLabels -Summary -ValidationDataset $unchecked -WarningAction SilentlyContinue
        $first = Import-MedSegDataset ./data/black_and_white -LabelName Drawn, Lacking -LabelMap @{ 255 = 1 }
        $first | Test-MedSegLabels -Summary -WarningAction SilentlyContinue
        $train = Import-MedSegDataset ./data/train -LabelName $demo.LabelNames
        $train | Start-MedSegTraining -ValidationFraction 0.4 -ReportInterval 1 -OutputPath ./models
        $result = $train | Invoke-MedSegCrossValidation -Folds 2 -OutputPath ./cv
        $result
        $train | Find-MedSegPostProcessing -CrossValidation $result
        Get-MedSegModel $result.ModelPaths
        $null = New-Item ./pair/dicoms, ./pair/labels -ItemType Directory
        Get-ChildItem ./data/train/dicoms -File | ForEach-Object { foreach ($channel in 'A', 'B') { Copy-Item $_ "./pair/dicoms/$($_.BaseName)_$channel$($_.Extension)" } }
        Copy-Item ./data/train/labels/* ./pair/labels
        $pair = Import-MedSegDataset ./pair -LabelName $demo.LabelNames -Channel 'one=_A', 'other=_B'
        $pair
        $pair | Start-MedSegTraining -Epochs 1 -BaseWidth 2 -OutputPath ./pair/model
        Get-MedSegModel ./pair/model/medseg.safetensors
        Invoke-MedSegSegmentation -Model ./pair/model/medseg.safetensors -Path ./pair/dicoms -OutputPath ./pair/masks
        Get-MedSegModel ./trained_models/*.safetensors
        $slices = Invoke-MedSegSegmentation -Model ./trained_models/medseg.safetensors -Path ./scans -OutputPath ./masks
        $slices
        $slices | Measure-MedSegArea
        $train | Measure-MedSegModel ./trained_models/medseg.safetensors
        $train | Measure-MedSegModel ./trained_models/medseg.safetensors -ByPatient
        $train | Measure-MedSegModel ./trained_models/medseg.safetensors -BySlice
        Get-MedSegImage ./scans/*
        Get-MedSegRun ./trained_models
        Get-MedSegDevice
        """;

    [Fact]
    public void First_item_of_each_list_can_be_taken()
    {
        using ModuleSession session = folder.Open();
        MakeUnusual(session.PathOf("scans", "P06_S01.dcm"));
        var lists = new Dictionary<string, List<IEnumerable>>();
        foreach (PSObject given in session.Run(Everything))
        {
            Gather(given.BaseObject, lists, []);
        }

        // The types that the compiler makes for collection expressions have no indexer of their own, and Get-Member shows none.
        Assert.Empty(lists.Where(list => !list.Value.TrueForAll(items => items.GetType().IsVisible)).Select(list => list.Key));
        Assert.Empty(lists.Where(list => !list.Value.TrueForAll(items => IsFirstTaken(session, items))).Select(list => list.Key));

        // Each was there with an item: a list that is always empty proves nothing.
        Assert.Empty(lists.Where(list => list.Value.TrueForAll(items => !items.Cast<object>().Any())).Select(list => list.Key));
        Assert.True(lists.Count > 10, string.Join(", ", lists.Keys));
    }

    private static bool IsFirstTaken(ModuleSession session, IEnumerable list)
    {
        using System.Management.Automation.PowerShell shell = session.Create("param($list) $list[0]").AddArgument(list);
        return Equals(list.Cast<object>().FirstOrDefault(), shell.Invoke().SingleOrDefault()?.BaseObject) && shell.Streams.Error.Count == 0;
    }

    // Another modality makes an image unlike those of the training, and a decimal comma in its spacing is noted.
    private static void MakeUnusual(string path)
    {
        byte[] content = File.ReadAllBytes(path);
        int modality = content.AsSpan().IndexOf("CS\x02\0MR"u8);
        "CT"u8.CopyTo(content.AsSpan(modality + 4));
        int spacing = content.AsSpan().IndexOf("\x28\0\x30\0DS"u8);
        content[spacing + 8 + content.AsSpan(spacing + 8).IndexOf((byte)'.')] = (byte)',';
        File.WriteAllBytes(path, content);
    }

    /// <summary>Gathers the lists among the public properties of an object, and of what it holds.</summary>
    private static void Gather(object given, Dictionary<string, List<IEnumerable>> lists, HashSet<object> seen)
    {
        if (given.GetType().Namespace?.StartsWith("MedSeg", StringComparison.Ordinal) != true || !seen.Add(given))
        {
            return;
        }

        foreach (PropertyInfo property in given.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(p => p.GetIndexParameters().Length == 0))
        {
            object? value = property.GetValue(given);
            if (IsList(property.PropertyType) && value is IEnumerable items)
            {
                string name = $"{given.GetType().Name}.{property.Name}";
                lists.TryAdd(name, []);
                lists[name].Add(items);
                foreach (object? item in items)
                {
                    Gather(item!, lists, seen);
                }
            }
            else if (value is not null)
            {
                Gather(value, lists, seen);
            }
        }
    }

    private static bool IsList(Type type) =>
        type.IsArray || (type.IsGenericType && type.GetGenericTypeDefinition() is Type generic && (generic == typeof(IReadOnlyList<>) || generic == typeof(IReadOnlyCollection<>) || generic == typeof(IList<>)));
}
