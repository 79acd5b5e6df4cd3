using System.Collections;
using System.Management.Automation;
using Microsoft.PowerShell.Commands;

namespace MedSeg.Shell.StandIns;

/// <summary>A property as users name it: a name, a script block or a table with Name and Expression.</summary>
internal sealed class PropertyTerm
{
    private readonly PSPropertyExpression _expression;
    private readonly string? _label;

    private PropertyTerm(PSPropertyExpression expression, string? label, bool? descending)
    {
        _expression = expression;
        _label = label;
        Descending = descending;
    }

    /// <summary>Gets whether this property is sorted downwards, where the user said so.</summary>
    public bool? Descending { get; }

    /// <summary>Reads terms; other keys of a table than the allowed ones are errors.</summary>
    /// <param name="given">What the user gave.</param>
    /// <param name="keys">The keys that a table may hold, in lower case.</param>
    public static PropertyTerm[] Parse(object[]? given, params string[] keys) =>
        [.. (given ?? []).Select(term => Parse(term is PSObject wrapped ? wrapped.BaseObject : term, keys))];

    /// <summary>Gives the values of the properties that the term leads to.</summary>
    public IEnumerable<(string Name, object? Value)> Read(PSObject item)
    {
        List<PSPropertyExpression> resolved = _expression.Script is null ? _expression.ResolveNames(item) : [_expression];
        if (resolved.Count == 0 && !_expression.HasWildCardCharacters)
        {
            yield return (_label ?? _expression.ToString(), null);
        }

        foreach (PSPropertyExpression one in resolved)
        {
            List<PSPropertyExpressionResult> results = one.GetValues(item);
            yield return (_label ?? one.ToString().Trim(), results.Count > 0 ? results[0].Result : null);
        }
    }

    /// <summary>Gives the one value of the term.</summary>
    public object? ReadOne(PSObject item)
    {
        object? value = Read(item).FirstOrDefault().Value;
        return value is PSObject wrapped ? wrapped.BaseObject : value;
    }

    private static PropertyTerm Parse(object term, string[] keys)
    {
        if (term is not IDictionary table)
        {
            return new PropertyTerm(ToExpression(term), label: null, descending: null);
        }

        object? expression = null;
        string? label = null;
        bool? descending = null;
        foreach (DictionaryEntry entry in table)
        {
            string key = Array.Find(keys, k => k.StartsWith($"{entry.Key}", StringComparison.OrdinalIgnoreCase))
                ?? throw new PSArgumentException($"The key '{entry.Key}' is not known here; known are {string.Join(", ", keys)}.");
            switch (key)
            {
                case "expression": expression = entry.Value; break;
                case "descending": descending = LanguagePrimitives.IsTrue(entry.Value); break;
                case "ascending": descending = !LanguagePrimitives.IsTrue(entry.Value); break;
                default: label = $"{entry.Value}"; break;
            }
        }

        return new PropertyTerm(ToExpression(expression ?? throw new PSArgumentException("The table has no key 'Expression'.")), label, descending);
    }

    private static PSPropertyExpression ToExpression(object given) => given switch
    {
        PSObject wrapped => ToExpression(wrapped.BaseObject),
        ScriptBlock script => new PSPropertyExpression(script),
        _ => new PSPropertyExpression(LanguagePrimitives.ConvertTo<string>(given)),
    };
}
