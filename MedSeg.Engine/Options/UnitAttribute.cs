namespace MedSeg.Options;

/// <summary>States the unit of a measured value, which the header of its column in a workbook has.</summary>
/// <param name="unit">The unit, for example mm²; or the name of the property that has it, in braces, for example {Unit}.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class UnitAttribute(string unit) : Attribute
{
    /// <summary>Gets the unit, or the name of the property that has it, in braces.</summary>
    public string Unit { get; } = unit;
}
