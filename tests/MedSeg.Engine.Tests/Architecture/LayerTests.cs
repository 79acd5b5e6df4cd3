using System.Text.RegularExpressions;

namespace MedSeg.Tests.Architecture;

/// <summary>The engine's folders are layers: what docs/architecture.md draws is what the compiled code does.</summary>
public sealed partial class LayerTests
{
    // Low to high: a folder uses only those before it. docs/architecture.md says what each holds.
    private static readonly string[] s_layers =
    [
        "Wording", "Errors", "Options", "Threading", "Distributed", "Files", "Natives", "Imaging", "Labels", "Formats", "Dicom", "Volumes", "Data", "Inventory", "Tensors", "Augmentation",
        "Devices", "Inspection", "Metrics", "Agreement", "Comparison", "Composition", "Network", "Models", "Training", "Interchange", "Pictures", "Inference", "Evaluation", "Reports", "Completion",
    ];

    // What reads and writes files, images, DICOM, volumes and labels, and what completers and inspection need.
    private static readonly HashSet<string> s_withoutTorch =
    [
        "Wording", "Errors", "Options", "Threading", "Distributed", "Files", "Natives", "Imaging", "Labels", "Formats", "Dicom", "Volumes", "Data", "Inventory", "Inspection", "Models", "Pictures", "Metrics", "Agreement", "Comparison", "Composition",
    ];

    private static string RepositoryRoot => TestPaths.RepositoryRoot;

    [Fact]
    public void No_folder_uses_a_higher_one()
    {
        IEnumerable<string> upward = EngineModel.Uses
            .Where(use => Level(use.To) > Level(use.From))
            .Select(use => $"{use.From} → {use.To}: {use.Types}");

        AssertNone(upward);
    }

    [Fact]
    public void No_folders_form_a_cycle_at_any_depth()
    {
        ILookup<string, string> uses = EngineModel.Uses.Select(use => (use.From, use.To)).Distinct().ToLookup(use => use.From, use => use.To);
        IEnumerable<string> cycles = EngineModel.Uses
            .Where(use => Reaches(uses, use.To, use.From))
            .Select(use => $"{use.From} → {use.To} → … → {use.From}: {use.Types}");

        AssertNone(cycles);
    }

    [Fact]
    public void Every_folder_has_its_layer() =>
        AssertNone(EngineModel.Folders.Select(folder => folder.Split('.')[0]).Distinct().Except(s_layers));

    [Fact]
    public void What_reads_and_writes_files_needs_no_torch() =>
        AssertNone(EngineModel.UsersOf(s_withoutTorch, "TorchSharp"));

    [Fact]
    public void Layers_are_drawn_as_they_are()
    {
        string page = File.ReadAllText(Path.Combine(RepositoryRoot, "docs", "architecture.md"));

        Assert.Equal(s_layers, LayerRow().Matches(page).Select(row => row.Groups[1].Value));
    }

    [Theory]
    [InlineData("MedSeg.Engine", "MedSeg")]
    [InlineData("MedSeg.PowerShell", "MedSeg.PowerShell")]
    [InlineData("tests/MedSeg.Engine.Tests", "MedSeg.Tests")]
    public void Namespaces_are_folders(string project, string root)
    {
        string folder = Path.Combine(RepositoryRoot, project);
        string[] files = [.. Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Where(IsSource)];
        IEnumerable<string> wrong = files
            .Select(file => (File: Path.GetRelativePath(folder, file), Found: Namespace().Match(File.ReadAllText(file)).Groups[1].Value))
            .Where(file => file.Found != NamespaceOf(root, file.File))
            .Select(file => $"{file.File} is in {file.Found}");

        Assert.NotEmpty(files);
        AssertNone(wrong);
    }

    // All of them, which Assert.Empty would cut short.
    private static void AssertNone(IEnumerable<string> found)
    {
        string[] lines = [.. found.Distinct().Order(StringComparer.Ordinal)];
        Assert.True(lines.Length == 0, string.Join('\n', lines));
    }

    private static int Level(string folder) => Array.IndexOf(s_layers, folder.Split('.')[0]);

    private static bool Reaches(ILookup<string, string> uses, string from, string to)
    {
        var seen = new HashSet<string> { from };
        var next = new Stack<string>(seen);
        while (next.TryPop(out string? folder))
        {
            if (folder == to)
            {
                return true;
            }

            foreach (string used in uses[folder].Where(seen.Add))
            {
                next.Push(used);
            }
        }

        return false;
    }

    private static bool IsSource(string path) => !path.Split(Path.DirectorySeparatorChar).Intersect(["obj", "bin"]).Any();

    private static string NamespaceOf(string root, string file) =>
        string.Join('.', Path.GetDirectoryName(file)!.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Prepend(root));

    // A row of the page's table of layers: its first cell is a folder in bold code.
    [GeneratedRegex(@"^\| \*\*`(\w+)`\*\*", RegexOptions.Multiline)]
    private static partial Regex LayerRow();

    [GeneratedRegex(@"^namespace ([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
