using System.Management.Automation;

namespace MedSeg.PowerShell.Validation;

/// <summary>A rule for the values of a parameter which, where a value breaks it, says in words what is allowed.</summary>
public abstract class ValueRuleAttribute : ValidateEnumeratedArgumentsAttribute
{
    /// <summary>Gets what is allowed, to follow the words "it must be".</summary>
    public abstract string Allowed { get; }

    /// <summary>Tells whether a value keeps to the rule.</summary>
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
