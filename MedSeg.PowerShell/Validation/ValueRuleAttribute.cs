using System.Management.Automation;

namespace MedSeg.PowerShell.Validation;

/// <summary>A rule for the values of a parameter that says in words what is allowed.</summary>
public abstract class ValueRuleAttribute : ValidateEnumeratedArgumentsAttribute
{
    /// <summary>Gets what is allowed, as a continuation of "it must be".</summary>
    public abstract string Allowed { get; }

    /// <summary>Checks whether a value is allowed.</summary>
    /// <param name="value">The value, or one of a list.</param>
    public abstract bool Allows(object? value);

    /// <inheritdoc/>
    protected override void ValidateElement(object element)
    {
        if (!Allows(element))
        {
            throw new ValidationMetadataException($"'{element}' was given; it must be {Allowed}.");
        }
    }
}
