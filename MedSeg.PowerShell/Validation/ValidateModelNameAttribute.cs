using MedSeg.Training.Runs;

namespace MedSeg.PowerShell.Validation;

/// <summary>Accepts a model name, which must be valid at the start of file names on every system.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ValidateModelNameAttribute : ValueRuleAttribute
{
    /// <inheritdoc/>
    public override string Allowed => "of letters from A to Z, digits, '.', '_' and '-', such as spine-2, since files are named after it";

    /// <inheritdoc/>
    public override bool Allows(object? value) =>
        value is string name && RunOptions.FindProblem(name) is null;
}
