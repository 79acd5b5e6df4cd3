using System.Management.Automation.Runspaces;
using System.Reflection;

namespace MedSeg.PowerShell.Tests;

/// <summary>The engine's types, written in a script.</summary>
public sealed class TypeLiteralTests
{
    [Fact]
    public void Every_type_that_commands_take_and_give_can_be_written_in_a_script()
    {
        string module = typeof(TypeLiteralTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "ModulePath").Value!;
        using Runspace runspace = HostedRunspace.Open();
        using System.Management.Automation.PowerShell shell = System.Management.Automation.PowerShell.Create(runspace);
        shell.AddScript($$"""
            Import-Module '{{Path.Combine(module, "MedSeg.psd1")}}' -ErrorAction Stop
            $commands = Get-Command -Module MedSeg -CommandType Cmdlet
            $given = $commands.OutputType.Name
            $taken = $commands.Parameters.Values.ParameterType.FullName
            $types = @($given; $taken) -like 'MedSeg.*'
            foreach ($type in $types) { [scriptblock]::Create("[$type].FullName").Invoke() }
            [MedSeg.Dataset].Name
            "expected: $($types.Count)"
            """);

        string[] names = [.. shell.Invoke<string>()];

        Assert.Empty(shell.Streams.Error);
        Assert.Contains("MedSeg.Data.Dataset", names);
        Assert.Contains("MedSeg.Imaging.Normalization", names);

        // The name without the folder stays the same where a type moves.
        Assert.Equal("Dataset", names[^2]);
        Assert.Equal($"expected: {names.Length - 2}", names[^1]);
    }
}
