using System.Globalization;
using System.Reflection;
using MedSeg.Errors;

namespace MedSeg.Options;

/// <summary>Checks options against the ranges that their properties state.</summary>
internal static class OptionRanges
{
    /// <summary>Refuses options of which a number is outside of its <see cref="OptionRangeAttribute"/>, or an enumeration value has no name.</summary>
    /// <param name="options">The options; their properties have the names of PowerShell's parameters.</param>
    /// <exception cref="MedSegException">A value is out of range (<c>OptionOutOfRange</c>); the message names option, value and range.</exception>
    public static void Require(object options)
    {
        foreach (PropertyInfo option in options.GetType().GetProperties().Where(p => p.CanWrite))
        {
            if (option.PropertyType.IsEnum && !Enum.IsDefined(option.PropertyType, option.GetValue(options)!))
            {
                throw OutOfRange(option.Name, $"{option.GetValue(options):D}", $"one of {string.Join(", ", Enum.GetNames(option.PropertyType))}");
            }

            if (option.GetCustomAttribute<OptionRangeAttribute>() is { } range)
            {
                double value = Convert.ToDouble(option.GetValue(options), CultureInfo.InvariantCulture);
                if (!range.Contains(value))
                {
                    throw OutOfRange(option.Name, value.ToString(CultureInfo.InvariantCulture), Describe(range, option.PropertyType));
                }
            }
        }
    }

    private static string Describe(OptionRangeAttribute range, Type type) => string.Create(
        CultureInfo.InvariantCulture,
        $"a {(type == typeof(double) ? "number" : "whole number")} from {range.Minimum} to {range.Maximum}{(range.AllowsZero ? ", or 0" : string.Empty)}");

    private static MedSegException OutOfRange(string name, string value, string allowed) =>
        new(ErrorKind.InvalidArgument, ErrorIds.OptionOutOfRange, $"-{name} is {value}; it must be {allowed}.") { Advice = $"Change -{name}." };
}
