using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using MedSeg.Errors;
using MedSeg.PowerShell.Validation;

namespace MedSeg.PowerShell.Options;

/// <summary>A parameter whose value may come from an options file, with the same rules as on the command line.</summary>
internal sealed class OptionParameter
{
    private readonly PropertyInfo _property;
    private readonly ValidateRangeAttribute? _range;
    private readonly ValueRuleAttribute? _rule;

    private OptionParameter(PropertyInfo property)
    {
        _property = property;
        _range = property.GetCustomAttribute<ValidateRangeAttribute>();
        _rule = property.GetCustomAttribute<ValueRuleAttribute>();
    }

    /// <summary>Gets the name.</summary>
    public string Name => _property.Name;

    private string Allowed => _property.PropertyType switch
    {
        _ when _rule is not null => _rule.Allowed,
        { IsEnum: true } type => $"one of {string.Join(", ", Enum.GetNames(type).Select(name => $"'{name}'"))}",
        Type type when type == typeof(int) => "a whole number" + Bounds,
        Type type when type == typeof(double) => "a number" + Bounds,
        Type type when type == typeof(SwitchParameter) => "true or false ($true or $false in a .psd1)",
        _ => "text",
    };

    private string Bounds => _range is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $" from {_range.MinRange} to {_range.MaxRange}");

    /// <summary>Finds the parameters of a command that plain data can set, but for those that are <see cref="CommandLineOnlyAttribute"/>.</summary>
    /// <param name="command">The command's class.</param>
    /// <returns>The parameters by name; case does not matter.</returns>
    public static IReadOnlyDictionary<string, OptionParameter> Of(Type command) => command.GetProperties()
        .Where(property => property.IsDefined(typeof(ParameterAttribute)) && IsPlain(property.PropertyType) && !property.IsDefined(typeof(CommandLineOnlyAttribute)))
        .ToDictionary(property => property.Name, property => new OptionParameter(property), StringComparer.OrdinalIgnoreCase);

    /// <summary>Sets the parameter to the value in a file.</summary>
    /// <param name="command">The command.</param>
    /// <param name="entry">The entry of the file.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="MedSegException">The value is not of the parameter's type (<c>OptionType</c>), or not allowed (<c>OptionOutOfRange</c>).</exception>
    public void Set(Cmdlet command, OptionEntry entry, string path)
    {
        string line = entry.Line is { } number ? $" line {number}:" : string.Empty;
        _property.SetValue(command, Read(entry, $"{path}:{line}", path));
    }

    /// <summary>Reads a value as that of the parameter.</summary>
    /// <param name="entry">The name and the value.</param>
    /// <param name="source">Where it is from, as the start of a message.</param>
    /// <param name="path">The file; null where it is from the command line.</param>
    /// <returns>The value, of the parameter's type.</returns>
    /// <exception cref="MedSegException">The value is not of the parameter's type (<c>OptionType</c>), or not allowed (<c>OptionOutOfRange</c>).</exception>
    public object Read(OptionEntry entry, string source, string? path)
    {
        object value = Convert(entry.Value) ?? throw Refuse(ErrorIds.OptionType, entry, source, path);
        return IsAllowed(value) ? value : throw Refuse(ErrorIds.OptionOutOfRange, entry, source, path);
    }

    private object? Convert(object? value) => (_property.PropertyType, value) switch
    {
        (Type type, int or long or double) when type == typeof(int) => WholeNumber(value),
        (Type type, int or long or double or decimal) when type == typeof(double) => System.Convert.ToDouble(value, CultureInfo.InvariantCulture),
        (Type type, bool on) when type == typeof(SwitchParameter) => new SwitchParameter(on),
        ({ IsEnum: true } type, string name) => EnumValue(type, name),
        (Type type, string { Length: > 0 } text) when type == typeof(string) => text,
        (Type type, string text) when type == typeof(string[]) => new[] { text },
        (Type type, object?[] list) when type == typeof(string[]) && list.All(item => item is string) => list.Cast<string>().ToArray(),
        _ => null,
    };

    // Names only: Enum.TryParse would accept numbers as well.
    private static object? EnumValue(Type type, string name) =>
        Enum.GetNames(type).FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found ? Enum.Parse(type, found) : null;

    private static int? WholeNumber(object value)
    {
        double number = System.Convert.ToDouble(value, CultureInfo.InvariantCulture);
        return number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue ? (int)number : null;
    }

    private bool IsAllowed(object value)
    {
        if (_range is not null)
        {
            double number = System.Convert.ToDouble(value, CultureInfo.InvariantCulture);
            return number >= System.Convert.ToDouble(_range.MinRange, CultureInfo.InvariantCulture)
                && number <= System.Convert.ToDouble(_range.MaxRange, CultureInfo.InvariantCulture);
        }

        return _rule is null || (value is string[] list ? list.Length > 0 && list.All(_rule.Allows) : _rule.Allows(value));
    }

    private MedSegException Refuse(string id, OptionEntry entry, string source, string? path) =>
        new(ErrorKind.InvalidArgument, id, $"{source} {Name} is {Describe(entry.Value)}; it must be {Allowed}.", path)
        {
            Advice = path is null ? "Change the value." : "Change it in the file.",
        };

    private static string Describe(object? value) => value switch
    {
        null => "empty",
        string text => $"the text '{text}'",
        bool on => on ? "true" : "false",
        IDictionary => "a table",
        object?[] list => $"a list of {list.Length}: {string.Join(", ", list.Select(Describe))}",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => $"{value}",
    };

    private static bool IsPlain(Type type) =>
        type.IsEnum || type == typeof(int) || type == typeof(double) || type == typeof(string) || type == typeof(string[]) || type == typeof(SwitchParameter);
}
