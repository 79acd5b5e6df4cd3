using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace MedSeg.PowerShell.Tests;

/// <summary>What Get-Help shows of the built module.</summary>
public sealed class HelpTests : IDisposable
{
    private static readonly string s_modulePath = Assembly.GetExecutingAssembly()
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "ModulePath").Value!;

    private readonly CultureInfo _uiCulture = CultureInfo.CurrentUICulture;

    private Runspace? _runspace;

    /// <inheritdoc/>
    public void Dispose()
    {
        _runspace?.Dispose();
        CultureInfo.CurrentUICulture = _uiCulture;
    }

    [Fact]
    public void Every_command_is_explained_and_shown_by_example()
    {
        using System.Management.Automation.PowerShell shell = ShellWithModule();
        CommandInfo[] commands = ExportedCommands(shell);

        Assert.NotEmpty(commands);
        Assert.Empty(commands.SelectMany(command => WhatLacks(command, HelpOf(shell, command.Name))));
    }

    // The empty name is the invariant culture, which LANG=C gives.
    [Theory]
    [InlineData("")]
    [InlineData("en-US")]
    [InlineData("en-GB")]
    [InlineData("de-DE")]
    [InlineData("ja-JP")]
    public void Help_is_found_in_every_language(string culture)
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);
        using System.Management.Automation.PowerShell shell = ShellWithModule();

        Assert.Equal(culture, Assert.Single(shell.AddScript("[cultureinfo]::CurrentUICulture.Name").Invoke<string>()));
        foreach (CommandInfo command in ExportedCommands(shell))
        {
            Assert.NotEqual(string.Empty, TextOf(Property(HelpOf(shell, command.Name), "description")));
        }
    }

    /// <summary>Names each part of a command's help that is missing.</summary>
    private static IEnumerable<string> WhatLacks(CommandInfo command, PSObject help)
    {
        // Without a page Get-Help makes one up, whose synopsis is the syntax.
        string synopsis = TextOf(Property(help, "Synopsis"));
        if (synopsis.Length == 0 || synopsis.Contains(command.Name, StringComparison.OrdinalIgnoreCase))
        {
            yield return $"{command.Name}: synopsis";
        }

        string description = TextOf(Property(help, "description"));
        if (description.Length == 0)
        {
            yield return $"{command.Name}: description";
        }

        if (description.Contains("|---", StringComparison.Ordinal))
        {
            yield return $"{command.Name}: a table that only a browser shows as one";
        }

        if (!Items(Property(Property(help, "inputTypes"), "inputType")).Any())
        {
            yield return $"{command.Name}: inputs";
        }

        if (!Items(Property(Property(help, "returnValues"), "returnValue")).Any())
        {
            yield return $"{command.Name}: outputs";
        }

        PSObject[] examples = [.. Items(Property(Property(help, "examples"), "example"))];
        if (examples.Length < 3)
        {
            yield return $"{command.Name}: {examples.Length} examples, where three are the least";
        }

        foreach (PSObject example in examples.Where(e => TextOf(Property(e, "code")).Length == 0 || TextOf(Property(e, "remarks")).Length == 0))
        {
            yield return $"{command.Name}: the code or the explanation of {TextOf(Property(example, "title"))}";
        }

        Dictionary<string, PSObject> described = Items(Property(Property(help, "parameters"), "parameter"))
            .ToDictionary(parameter => TextOf(Property(parameter, "name")), StringComparer.OrdinalIgnoreCase);
        HashSet<string> own = OwnParameters(command);
        foreach (string name in own)
        {
            if (!described.TryGetValue(name, out PSObject? parameter) || TextOf(Property(parameter, "description")).Length == 0)
            {
                yield return $"{command.Name}: -{name}";
            }
        }

        foreach (string name in described.Keys.Except(own, StringComparer.OrdinalIgnoreCase))
        {
            yield return $"{command.Name}: -{name} is described and does not exist";
        }
    }

    private static HashSet<string> OwnParameters(CommandInfo command)
    {
        // A command without parameters of its own has none at all in some hosts.
        IEnumerable<string> all = command.Parameters?.Keys.ToArray() ?? [];
        HashSet<string> names = new(all, StringComparer.OrdinalIgnoreCase);
        names.ExceptWith(Cmdlet.CommonParameters);
        return names;
    }

    private System.Management.Automation.PowerShell ShellWithModule()
    {
        _runspace = HostedRunspace.Open();
        var shell = System.Management.Automation.PowerShell.Create(_runspace);
        shell.AddCommand("Import-Module").AddParameter("Name", s_modulePath).AddParameter("ErrorAction", ActionPreference.Stop).Invoke();
        shell.Commands.Clear();
        return shell;
    }

    private static CommandInfo[] ExportedCommands(System.Management.Automation.PowerShell shell)
    {
        shell.Commands.Clear();
        return [.. shell.AddCommand("Get-Command").AddParameter("Module", "MedSeg").Invoke<CommandInfo>()];
    }

    private static PSObject HelpOf(System.Management.Automation.PowerShell shell, string command)
    {
        shell.Commands.Clear();
        return Assert.Single(shell.AddCommand("Get-Help").AddParameter("Name", command).AddParameter("Full").Invoke());
    }

    private static PSObject? Property(PSObject? value, string name) =>
        value?.Properties[name]?.Value is object found ? PSObject.AsPSObject(found) : null;

    private static IEnumerable<PSObject> Items(PSObject? value) => value?.BaseObject switch
    {
        null => [],
        object[] several => several.Select(PSObject.AsPSObject),
        _ => [value],
    };

    private static string TextOf(PSObject? value) =>
        string.Join('\n', Items(value).Select(ParagraphOf)).Trim();

    private static string ParagraphOf(PSObject item) =>
        item.BaseObject is PSCustomObject && item.Properties["Text"] is PSPropertyInfo text
            ? text.Value?.ToString() ?? string.Empty
            : item.ToString();
}
