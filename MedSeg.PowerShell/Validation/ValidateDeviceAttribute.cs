using System.Text.RegularExpressions;

namespace MedSeg.PowerShell.Validation;

/// <summary>Accepts a device name, or several separated by commas.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed partial class ValidateDeviceAttribute : ValueRuleAttribute
{
    /// <inheritdoc/>
    public override string Allowed => "Auto, Cpu, Cuda or Cuda:n, such as Cuda:0; Get-MedSegDevice lists those of this machine";

    /// <inheritdoc/>
    public override bool Allows(object? value) => value is string name && Names().IsMatch(name);

    [GeneratedRegex("^(auto|cpu|cuda(:[0-9]+)?)(,(auto|cpu|cuda(:[0-9]+)?))*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Names();
}
