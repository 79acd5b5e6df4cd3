using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace MedSeg.Wording;

/// <summary>A table of named values whose text is that of its values: <c>Left psoas 512; Right psoas 498</c>. See <see cref="ItemList{TItem}"/>.</summary>
/// <typeparam name="TValue">The type of the values.</typeparam>
/// <param name="values">The values by their names; later changes to this table are seen.</param>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "It is an IReadOnlyDictionary, and nobody names the type.")]
public sealed class ItemTable<TValue>(IDictionary<string, TValue> values) : ReadOnlyDictionary<string, TValue>(values)
{
    /// <inheritdoc/>
    public override string ToString() => string.Join("; ", this.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value}").TrimEnd()));

    /// <summary>Gives a table this text.</summary>
    /// <param name="values">The values by their names.</param>
    /// <returns>The values.</returns>
    internal static ItemTable<TValue> Of(IReadOnlyDictionary<string, TValue> values) => values switch
    {
        ItemTable<TValue> table => table,
        IDictionary<string, TValue> table => new ItemTable<TValue>(table),
        _ => new ItemTable<TValue>(new Dictionary<string, TValue>(values)),
    };
}
