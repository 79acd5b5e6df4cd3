using System.Collections;
using System.Management.Automation;

namespace MedSeg.PowerShell.Validation;

/// <summary>
/// Refuses text with a comma where a number is expected. PowerShell ignores commas in numbers, so that <c>-LearningRate 0,001</c> of a task
/// scheduler, which passes text, would be 1.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DecimalPointAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        IEnumerable<object?> values = ParameterValue.Bare(inputData) is IEnumerable list and not string ? list.Cast<object?>() : [inputData];
        return values.Select(ParameterValue.Bare).OfType<string>().FirstOrDefault(text => text.Contains(',', StringComparison.Ordinal)) is { } number
            ? throw new ArgumentTransformationMetadataException($"'{number}' has a comma, which PowerShell ignores in a number. Write it with a decimal point, such as 0.001.")
            : inputData;
    }
}
