using System.Management.Automation;
using System.Xml.Linq;

namespace MedSeg.PowerShell.Tests;

/// <summary>What the help states of parameters, compared with the commands themselves.</summary>
public sealed class HelpFactsTests : IDisposable
{
    private static readonly XNamespace s_command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace s_dev = "http://schemas.microsoft.com/maml/dev/2004/10";
    private static readonly XNamespace s_maml = "http://schemas.microsoft.com/maml/2004/10";

    private readonly ModuleSession _session = new();
    private readonly Dictionary<string, XElement> _help = XElement
        .Load(Path.Combine(ModuleSession.Setting("ModulePath"), "en-US", "MedSeg.PowerShell.dll-Help.xml"))
        .Elements(s_command + "command")
        .ToDictionary(command => command.Element(s_command + "details")!.Element(s_command + "name")!.Value);

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Attributes_of_parameters_are_those_of_the_commands()
    {
        string[] differences = [.. Commands().SelectMany(command => Differences(command, _help[command.Name]))];

        Assert.True(differences.Length == 0, string.Join('\n', differences));
    }

    [Fact]
    public void Syntax_has_every_parameter_set()
    {
        foreach (CommandInfo command in Commands())
        {
            string[] actual = [.. command.ParameterSets.Select(set => TextOf(set.Parameters.Where(IsOwn).Select(p => (p.Name, p.IsMandatory)))).Order(StringComparer.Ordinal)];
            string[] stated =
            [
                .. _help[command.Name].Element(s_command + "syntax")!.Elements(s_command + "syntaxItem")
                    .Select(call => TextOf(call.Elements(s_command + "parameter").Select(p => (NameOf(p), p.Attribute("required")!.Value == "true"))))
                    .Order(StringComparer.Ordinal),
            ];

            Assert.Equal(actual, stated);
        }
    }

    private CommandInfo[] Commands() => [.. _session.Run("Get-Command -Module MedSeg -CommandType Cmdlet").Select(command => Assert.IsAssignableFrom<CommandInfo>(command.BaseObject))];

    private static IEnumerable<string> Differences(CommandInfo command, XElement help)
    {
        Dictionary<string, XElement> stated = help.Element(s_command + "parameters")!.Elements(s_command + "parameter").ToDictionary(NameOf);
        foreach (ParameterMetadata parameter in command.Parameters?.Values.Where(p => !Cmdlet.CommonParameters.Contains(p.Name)) ?? [])
        {
            if (!stated.TryGetValue(parameter.Name, out XElement? described))
            {
                yield return $"{command.Name} -{parameter.Name}: no help";
                continue;
            }

            foreach ((string what, string actual, string told) in Facts(parameter, described).Where(fact => fact.Actual != fact.Stated))
            {
                yield return $"{command.Name} -{parameter.Name}: {what} is '{actual}', the help says '{told}'";
            }
        }
    }

    private static IEnumerable<(string What, string Actual, string Stated)> Facts(ParameterMetadata parameter, XElement help)
    {
        Type type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        ParameterSetMetadata[] sets = [.. parameter.ParameterSets.Values];
        string Stated(string attribute) => help.Attribute(attribute)!.Value;
        yield return ("the type", type.Name, help.Element(s_dev + "type")!.Element(s_maml + "name")!.Value);
        yield return ("whether it is required", sets.Any(set => set.IsMandatory) ? "true" : "false", Stated("required"));
        yield return ("the position", sets[0].Position == int.MinValue ? "named" : $"{sets[0].Position}", Stated("position"));
        yield return ("pipeline input", PipelineOf(sets), Stated("pipelineInput"));
        yield return ("whether it takes wildcards", parameter.Attributes.OfType<SupportsWildcardsAttribute>().Any() ? "true" : "false", Stated("globbing"));
        yield return ("the aliases", parameter.Aliases.Count == 0 ? "none" : Sorted(parameter.Aliases), Sorted(Stated("aliases").Split(", ")));
        if (type.IsEnum)
        {
            string last = help.Element(s_maml + "Description")!.Elements().Last().Value;
            yield return ("the values", "Values: " + Sorted(Enum.GetNames(type)), "Values: " + Sorted(last["Values: ".Length..].Split(", ")));
        }
    }

    private static string PipelineOf(ParameterSetMetadata[] sets)
    {
        string[] ways =
        [
            .. sets.Any(set => set.ValueFromPipeline) ? ["ByValue"] : Array.Empty<string>(),
            .. sets.Any(set => set.ValueFromPipelineByPropertyName) ? ["ByPropertyName"] : Array.Empty<string>(),
        ];
        return ways.Length == 0 ? "False" : $"True ({string.Join(", ", ways)})";
    }

    private static bool IsOwn(CommandParameterInfo parameter) => !Cmdlet.CommonParameters.Contains(parameter.Name);

    private static string TextOf(IEnumerable<(string Name, bool IsMandatory)> parameters) =>
        Sorted(parameters.Select(parameter => parameter.IsMandatory ? parameter.Name : $"[{parameter.Name}]"));

    private static string Sorted(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal));

    private static string NameOf(XElement parameter) => parameter.Element(s_maml + "name")!.Value;
}
